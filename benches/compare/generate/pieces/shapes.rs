/// What can be priced.
pub trait PriceSubject {
    fn base(&self) -> u64;

    fn count(&self) -> u64 {
        1
    }

    fn price(&self) -> u64 {
        self.base().saturating_mul(self.count())
    }
}

#[derive(Clone, Copy, Debug)]
pub struct SingleSubject(pub u64);

#[derive(Clone, Debug)]
pub struct ManySubject {
    pub parts: Vec<SingleSubject>,
}

impl PriceSubject for SingleSubject {
    fn base(&self) -> u64 {
        self.0 + NUMBER
    }
}

impl PriceSubject for ManySubject {
    fn base(&self) -> u64 {
        self.parts.iter().map(PriceSubject::price).max().unwrap_or(NUMBER)
    }

    fn count(&self) -> u64 {
        self.parts.len() as u64
    }
}

/// The price of all, cheapest first.
pub fn prices_of_subject<T: PriceSubject>(items: &[T]) -> Vec<u64> {
    let mut prices: Vec<u64> = items.iter().map(PriceSubject::price).collect();
    prices.sort_unstable();
    prices
}

