//! What a team settles once: `retask.toml`, or `[workspace.metadata.retask]` in the manifest of the workspace, and
//! `[package.metadata.retask]` in those of packages. Flags stand over packages, packages over the workspace.

mod catalogue;
mod read;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobSet, GlobSetBuilder};
use retask_engine::Workspace;
use retask_engine::catalogue::Entry;
use retask_engine::finding::{Finding, Severity};
use retask_engine::workspace::Settings;
use retask_transforms::Rule;

use read::{Table, Value};

/// What becomes of the findings of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// As the rule says.
    On,
    /// None.
    Off,
    /// All with one severity.
    As(Severity),
}

const LEVELS: &[(&str, Level)] = &[
    ("on", Level::On),
    ("off", Level::Off),
    ("note", Level::As(Severity::Note)),
    ("warning", Level::As(Severity::Warning)),
    ("error", Level::As(Severity::Error)),
];

/// The limits that rewrites bring, as the names of their constants are written in a configuration.
pub const LIMITS: &[&str] = &["channel-capacity", "max-concurrent", "max-jobs", "max-tasks"];

/// The keys of a configuration; `schema/config.json` describes them.
const KEYS: &[&str] =
    &["baseline", "catalogue", "database", "exclude", "http-client", "limits", "require-reason", "rules"];

/// The clients that calls of a sync HTTP client can be rewritten to, and whether that is the client that they have.
const HTTP_CLIENTS: &[(&str, bool)] = &[("reqwest", false), ("same", true)];

/// What calls of a sync database driver can be rewritten to, and whether that is the async side of the driver.
const DATABASES: &[(&str, bool)] = &[("spawn_blocking", false), ("async", true)];

/// A configuration, with that of the packages.
#[derive(Clone, Debug, Default)]
pub struct Config {
    rules: BTreeMap<&'static str, Level>,
    /// By the names of packages.
    packages: BTreeMap<String, BTreeMap<&'static str, Level>>,
    settings: Settings,
    exclude: GlobSet,
    /// Whether a comment that silences findings has to say why.
    pub require_reason: bool,
    /// The file that counts old findings.
    pub baseline: Option<PathBuf>,
}

impl Config {
    /// Reads the configuration of a workspace. `given` is `--config FILE`.
    ///
    /// # Errors
    ///
    /// In words, with the file, the line, and what would be right there.
    pub fn read(workspace: &Workspace, given: Option<&Path>) -> Result<Config, String> {
        let root = Path::new(&workspace.root);
        let own = root.join("retask.toml");
        let file = given.map(Path::to_path_buf).or_else(|| own.is_file().then_some(own));
        let manifest = root.join("Cargo.toml");
        let in_manifest =
            given.is_none().then(|| read::metadata(&manifest, "workspace")).transpose()?.flatten();
        let mut config = match (file, in_manifest) {
            (Some(file), Some(_)) => {
                return Err(format!(
                    "both `{}` and `[workspace.metadata.retask]` in `{}` configure retask: keep one",
                    file.display(),
                    manifest.display()
                ));
            }
            (Some(file), None) => Config::of(&read::file(&file)?, root)?,
            (None, Some(table)) => Config::of(&table, root)?,
            (None, None) => Config::default(),
        };
        for package in workspace.packages.iter().filter(|it| !it.manifest.is_empty()) {
            let Some(table) = read::metadata(&root.join(&package.manifest), "package")? else { continue };
            let found = rules(&table.only(&["rules"], "a package settles its rules alone")?)?;
            config.packages.insert(package.name.clone(), found);
        }
        Ok(config)
    }

    fn of(table: &Table, root: &Path) -> Result<Config, String> {
        let table = table.only(KEYS, "no such key")?;
        let mut exclude = GlobSetBuilder::new();
        for value in table.array("exclude")? {
            let glob = Glob::new(value.string()?).map_err(|error| value.wrong(&error.to_string()))?;
            exclude.add(glob);
        }
        let mut limits = BTreeMap::new();
        for (key, value) in table.table("limits")?.iter().flat_map(Table::entries) {
            let name =
                LIMITS.iter().find(|it| **it == key.text).ok_or_else(|| key.unknown("limit", LIMITS))?;
            limits.insert((*name).to_owned(), value.count()?);
        }
        let entries: Result<Vec<&'static Entry>, String> =
            table.tables("catalogue")?.iter().map(catalogue::entry).collect();
        let chosen = |key, targets| {
            let chosen: Option<&bool> = table.value(key).map(|it| it.one_of(targets)).transpose()?;
            Ok::<_, String>(chosen.copied().unwrap_or(false))
        };
        let keeps_http_client = chosen("http-client", HTTP_CLIENTS)?;
        let async_database = chosen("database", DATABASES)?;
        Ok(Config {
            rules: rules(&table)?,
            packages: BTreeMap::new(),
            settings: Settings { limits, keeps_http_client, async_database, entries: entries? },
            exclude: exclude.build().map_err(|error| error.to_string())?,
            require_reason: table
                .value("require-reason")
                .map(|it| it.boolean())
                .transpose()?
                .unwrap_or(false),
            baseline: table.value("baseline").map(|it| it.string().map(|it| root.join(it))).transpose()?,
        })
    }

    /// Tells the workspace what the engine and the rules are to know, and which files are left out.
    pub fn settle(&self, workspace: &mut Workspace) {
        workspace.settings = self.settings.clone();
        for file in workspace.files.iter_mut().filter(|it| self.leaves_out(&it.path)) {
            file.selected = false;
            let reason = "is left out by the configuration".to_owned();
            workspace.guards.insert(file.path.clone(), reason);
        }
    }

    /// Whether a file has no findings and no rewrites.
    pub fn leaves_out(&self, path: &str) -> bool {
        self.exclude.is_match(path)
    }

    /// The rules that run: those that are on in some package, and those that the command line names.
    pub fn chosen(&self, rules: &[&'static Rule], named: &[String]) -> Vec<&'static Rule> {
        let is_on = |rule: &Rule| {
            let of_packages = self.packages.values().filter_map(|it| it.get(rule.name));
            let mut levels = of_packages.chain([self.rules.get(rule.name).unwrap_or(&Level::On)]);
            levels.any(|it| *it != Level::Off)
        };
        rules.iter().copied().filter(|it| is_on(it) || named.iter().any(|name| name == it.name)).collect()
    }

    /// Gives findings the severity that is settled, and takes out those that are off. What the command line names stays on.
    pub fn level(&self, workspace: &Workspace, findings: &mut Vec<Finding>, named: &[String]) {
        if self.rules.is_empty() && self.packages.is_empty() {
            return;
        }
        findings.retain_mut(|finding| {
            let file = workspace.files.iter().find(|it| it.path == finding.place.path);
            let package = file.map(|it| &workspace.packages[it.package].name);
            let of_package = package.and_then(|it| self.packages.get(it)?.get(finding.rule));
            match of_package.or_else(|| self.rules.get(finding.rule)) {
                Some(Level::As(severity)) => finding.severity = *severity,
                Some(Level::Off) => return named.iter().any(|it| it == finding.rule),
                Some(Level::On) | None => {}
            }
            true
        });
    }
}

/// The levels in the table `rules`.
fn rules(table: &Table) -> Result<BTreeMap<&'static str, Level>, String> {
    let known: Vec<&str> = retask_transforms::rules().iter().map(|it| it.name).collect();
    let mut found = BTreeMap::new();
    for (key, value) in table.table("rules")?.iter().flat_map(Table::entries) {
        let rule = retask_transforms::rules().iter().find(|it| it.name == key.text);
        let rule = rule.ok_or_else(|| key.unknown("rule", &known))?;
        found.insert(rule.name, *value.one_of(LEVELS)?);
    }
    Ok(found)
}

impl Value {
    fn one_of<'t, T>(&self, known: &'t [(&str, T)]) -> Result<&'t T, String> {
        let text = self.string()?;
        let found = known.iter().find(|it| it.0 == text).map(|it| &it.1);
        found.ok_or_else(|| self.unknown(&known.iter().map(|it| it.0).collect::<Vec<_>>()))
    }
}
