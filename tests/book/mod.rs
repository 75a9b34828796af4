//! The book in `book/`, and the pages that `retask explain` prints: what they show is run.

mod pages;
