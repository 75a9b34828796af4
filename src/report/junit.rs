//! `--format junit`: a test suite for each package, in which each finding is a test case.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use retask_engine::finding::{Finding, Severity};
use retask_engine::workspace::Skipped;

use super::human;
use super::shown::Shown;

/// All findings: errors and warnings as failures, notes as skipped tests, and what could not be read as errors.
pub fn report(shown: &Shown<'_>) -> String {
    let mut report = Report::new("retask");
    for (index, package) in shown.workspace.packages.iter().enumerate() {
        let mut suite = TestSuite::new(package.name.as_str());
        let findings = shown.findings().iter().zip(&shown.analysed.findings);
        let of_package = findings.filter(|(it, _)| shown.package(&it.place.path) == index);
        suite.add_test_cases(of_package.map(|(it, in_memory)| case(shown, it, in_memory)));
        if suite.test_cases.is_empty() && package.selected {
            // Readers take a report without any test for a run that failed.
            suite.add_test_case(TestCase::new("no findings", TestCaseStatus::success()));
        }
        if !suite.test_cases.is_empty() {
            report.add_test_suite(suite);
        }
    }
    if !shown.analysed.skipped.is_empty() {
        let mut suite = TestSuite::new("skipped");
        suite.add_test_cases(shown.analysed.skipped.iter().map(skipped));
        report.add_test_suite(suite);
    }
    report.to_string().unwrap_or_default()
}

fn case(shown: &Shown<'_>, finding: &Finding, in_memory: &Finding) -> TestCase {
    let failure = |kind: &str| {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(kind);
        status
    };
    let mut status = match finding.severity {
        Severity::Error => failure("error"),
        Severity::Warning => failure("warning"),
        Severity::Note => TestCaseStatus::skipped(),
    };
    status.set_message(finding.message.as_str());
    status.set_description(human::plain(shown.workspace, in_memory));
    let place = &finding.place;
    let name = format!("{}:{}:{}", place.path, place.start.line, place.start.column);
    let mut case = TestCase::new(name, status);
    case.set_classname(finding.rule);
    case.extra.insert("file".into(), place.path.as_str().into());
    case.extra.insert("line".into(), place.start.line.to_string().into());
    case
}

fn skipped(skipped: &Skipped) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(skipped.reason.as_str());
    TestCase::new(skipped.path.as_str(), status)
}
