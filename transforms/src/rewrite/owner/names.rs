//! Names and places: where the module of an owner stands, what its parts are called, and what code names from where.

use std::collections::BTreeSet;

use ra_ap_syntax::{AstNode, SyntaxNode, TextSize, ast, ast::HasName};
use retask_engine::Analysis;
use retask_engine::place::indent_at;
use retask_engine::resolve::Sema;
use retask_engine::shared::{Declared, Holder, Mentioned, Parameters, Reach, State};

use super::super::constant::{free_name, item_of_module};
use super::super::draft::Draft;
use super::super::layout::words;
use super::cut::{Cut, Method};
use super::module::camel;

/// Where the module of an owner stands, and what its parts are called.
pub(super) struct Home {
    file: u32,
    /// Right after the item beside which it stands.
    at: TextSize,
    /// The item, for its scope.
    pub item: SyntaxNode,
    pub module: String,
    pub handle: String,
    pub field: String,
    /// The type of the state, as the module names it.
    pub state: String,
    pub parameters: Parameters,
    pub tokio: String,
    pub visibility: &'static str,
    /// The path of the module around it with its crate, as `store::registry`.
    path: String,
}

impl Home {
    pub fn of((sema, analysis): (&Sema<'_>, &Analysis<'_>), state: &State) -> Result<Home, String> {
        let refused = "a macro writes the declaration of the lock";
        let nodes = touched(sema, state);
        let tree = sema.tree(state.file);
        let declared = tree.syntax().token_at_offset(state.name.start()).right_biased().ok_or(refused)?;
        let declared = declared.parent().ok_or(refused)?;
        let node = sema
            .node_all_reach(&declared, &nodes)
            .ok_or("the crates that use the lock depend on no common one of them")?;
        let item = item_of_module(sema, &node).ok_or(refused)?;
        let (file, range) = sema.source_range(&item).ok_or(refused)?;
        let is_sent = is_sent(analysis, sema, state);
        let state_type = state.sections.first().and_then(|it| sema.state_type(&it.call, &item, is_sent));
        let state_type = state_type.ok_or("the type of the state cannot be named")??;
        let state_type = written_state(sema, analysis, state, &item).unwrap_or(state_type);
        let text = &analysis.workspace.files[file as usize].text;
        let base = base_name(state, &declared, &state_type);
        let path = sema.path_of_module(&item).ok_or(refused)?;
        let visibility = visibility(sema, &path, &nodes);
        if visibility == "pub " && !sema.is_reachable(&item) {
            return Err("other crates use the lock, and the module that declares it is private".to_owned());
        }
        let field = match state.declared {
            Declared::Field | Declared::Local => snake(&state.label),
            Declared::Alias | Declared::Static => base.clone(),
        };
        Ok(Home {
            file,
            at: range.end(),
            item,
            module: free_name(text, &format!("{base}_owner")),
            handle: free_name(text, &format!("{}Handle", camel(&base))),
            field: if ["inbox", "messages"].contains(&field.as_str()) { "state".to_owned() } else { field },
            state: state_type,
            parameters: parameters(sema, state)?,
            tokio: super::tokio_in(analysis, file)?,
            visibility,
            path,
        })
    }

    /// The type parameters as arguments: `<K, V>`.
    pub fn generics(&self) -> String {
        match self.parameters.names.as_slice() {
            [] => String::new(),
            names => format!("<{}>", names.join(", ")),
        }
    }

    /// What is asked of the type parameters, as a `where`.
    pub fn bounds(&self) -> String {
        let clauses: String = self.parameters.bounds.iter().map(|it| format!("        {it},\n")).collect();
        if clauses.is_empty() { clauses } else { format!("\n    where\n{clauses}   ") }
    }

    /// Where a module imports the handle from.
    pub fn path_from(&self, sema: &Sema<'_>, node: &SyntaxNode) -> Result<String, String> {
        let of_node = sema.path_of_module(node).ok_or("a macro writes a use of the lock")?;
        if of_node == self.path {
            return Ok(self.module.clone());
        }
        let krate = |it: &str| it.split("::").next().unwrap_or_default().to_owned();
        let path = match krate(&of_node) == krate(&self.path) {
            true => self.path.replacen(&krate(&self.path), "crate", 1),
            false => self.path.clone(),
        };
        Ok(format!("{path}::{}", self.module))
    }

    /// The package that needs what the owner needs.
    pub fn package(&self, analysis: &Analysis<'_>) -> usize {
        analysis.workspace.files[self.file as usize].package
    }

    /// The imports of the module: all that its code uses from the module around it, and what code of other modules names.
    pub fn imports(&self, sema: &Sema<'_>, cuts: &[Cut]) -> Result<Vec<String>, String> {
        let mut imports = BTreeSet::new();
        let types = cuts.iter().flat_map(|it| {
            it.method.parameters.iter().map(|it| it.1.clone()).chain(it.method.result.clone())
        });
        let texts = types.chain([self.state.clone()]).chain(self.parameters.bounds.iter().cloned());
        let named: BTreeSet<String> = texts.flat_map(|it| words_of(&it)).collect();
        let mut uses_around = named.iter().any(|it| sema.is_named_at(it, &self.item));
        let reaches = cuts.iter().flat_map(|cut| {
            cut.code.iter().flat_map(|it| sema.reaches(it, &cut.stays, &self.parameters.names, &self.item))
        });
        for reach in reaches {
            match reach {
                Reach::Prelude => {}
                Reach::InScope => uses_around = true,
                Reach::Import(path) => {
                    imports.insert(format!("use {path};"));
                }
                Reach::Nowhere(name) => {
                    return Err(format!(
                        "a section uses `{name}`, which the module of the state does not see"
                    ));
                }
            }
        }
        let around = uses_around.then(|| "use super::*;".to_owned());
        let in_messages: BTreeSet<String> = cuts
            .iter()
            .flat_map(|cut| {
                let types = cut.method.parameters.iter().map(|it| it.1.as_str());
                types.chain(cut.method.result.as_deref()).flat_map(words_of).collect::<Vec<_>>()
            })
            .collect();
        if let Some(name) = self.parameters.names.iter().find(|it| !in_messages.contains(*it)) {
            return Err(format!("no message would hold a `{name}`, the type parameter of the state"));
        }
        Ok(around.into_iter().chain(imports).collect())
    }

    /// Puts the module beside the declaration.
    pub fn insert(&self, analysis: &Analysis<'_>, text: &str, draft: &mut Draft) {
        let source = &analysis.workspace.files[self.file as usize].text;
        let indent = indent_at(source, self.at.into());
        let text: String = text
            .lines()
            .map(|it| if it.is_empty() { "\n".to_owned() } else { format!("{indent}{it}\n") })
            .collect();
        draft.insert(analysis, self.file, self.at, &format!("\n\n{}", text.trim_end()));
    }
}

fn words_of(text: &str) -> Vec<String> {
    words(text).map(str::to_owned).collect()
}

/// The nodes that name the lock: holders, constructions, sections.
fn touched(sema: &Sema<'_>, state: &State) -> Vec<SyntaxNode> {
    let found = &state.found;
    let holders = found.holders.iter().filter_map(super::written);
    let made = found.made.iter().map(|it| it.syntax().clone());
    let taken = found.taken.iter().map(|it| it.syntax().clone());
    let all = holders.chain(made).chain(taken);
    all.filter(|it| sema.source_range(it).is_some()).collect()
}

/// The type parameters of the state, where all code that takes or makes it asks the same of them.
fn parameters(sema: &Sema<'_>, state: &State) -> Result<Parameters, String> {
    let refused = "code that uses the state asks different things of its type parameters";
    let mut all = state.sections.iter().filter_map(|it| sema.parameters_of_state(&it.call));
    let first = all.next().unwrap_or_default();
    let made = state.found.made.iter().map(|it| sema.bounds_at(it.syntax(), &first.names));
    if first.names.is_empty() {
        return Ok(first);
    }
    if all.any(|it| it != first) || made.into_iter().any(|it| it != first.bounds) {
        return Err(refused.to_owned());
    }
    let asks = |name: &String, what: &str| {
        let of_name =
            first.bounds.iter().filter(|it| it.split(':').next().is_some_and(|it| it.trim() == name));
        of_name
            .into_iter()
            .any(|it| it.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|it| it == what))
    };
    match first.names.iter().find(|it| !(asks(it, "Send") && asks(it, "'static"))) {
        Some(name) => {
            Err(format!("`{name}` is not said to be `Send + 'static`, and a task must own the state"))
        }
        None => Ok(first),
    }
}

/// Whether code that is handed to a task or a thread uses the lock: what it shares is `Send` by that.
fn is_sent(analysis: &Analysis<'_>, sema: &Sema<'_>, state: &State) -> bool {
    let found = &state.found;
    let taken = found.taken.iter().map(|it| it.syntax().clone());
    let uses = taken.chain(found.clones.iter().map(|it| it.syntax().clone()));
    let places: Vec<_> = uses.filter_map(|it| sema.source_range(&it)).collect();
    analysis.handovers().iter().any(|handover| {
        places.iter().any(|it| it.0 == handover.site.file && handover.range.contains_range(it.1))
    })
}

/// The type of the state as a declaration in the module around an item writes it: by the names that readers know.
fn written_state(
    sema: &Sema<'_>,
    analysis: &Analysis<'_>,
    state: &State,
    item: &SyntaxNode,
) -> Option<String> {
    let home = sema.path_of_module(item)?;
    let types = state.found.holders.iter().filter_map(|it| it.ty());
    types.into_iter().find_map(|ty| {
        let ty = sema.alias_in(ty).and_then(|it| it.ty()).unwrap_or(ty.clone());
        let lock =
            sema.path_of_lock(&ty).filter(|it| sema.path_of_module(it.syntax()).as_ref() == Some(&home))?;
        let value = sema.value_of_lock(&lock)?;
        let (file, range) = sema.source_range(value.syntax())?;
        let text = analysis.workspace.text(file, range);
        (!words(text).any(|it| it == "_")).then(|| text.to_owned())
    })
}

fn visibility(sema: &Sema<'_>, path: &str, nodes: &[SyntaxNode]) -> &'static str {
    let krate = |it: &str| it.split("::").next().unwrap_or_default().to_owned();
    let paths: BTreeSet<String> = nodes.iter().filter_map(|it| sema.path_of_module(it)).collect();
    match () {
        () if paths.iter().any(|it| krate(it) != krate(path)) => "pub ",
        () if paths.iter().all(|it| it == path || it.starts_with(&format!("{path}::"))) => "",
        () => "pub(crate) ",
    }
}

/// What the parts of the module are called after: the declaration, unless that says nothing.
fn base_name(state: &State, declared: &SyntaxNode, state_type: &str) -> String {
    const VAGUE: &[&str] = &["state", "inner", "data", "shared", "value", "lock", "this", "s", "m"];
    let own = snake(&state.label);
    if !VAGUE.contains(&own.as_str()) {
        return own;
    }
    let holder = declared.ancestors().find_map(ast::Struct::cast).and_then(|it| it.name());
    let holder = holder.map(|it| snake(it.text()));
    let simple = state_type.split('<').next().and_then(|it| it.rsplit("::").next()).map(snake);
    holder
        .or(simple)
        .filter(|it| !it.is_empty() && it.chars().all(|c| c.is_alphanumeric() || c == '_'))
        .unwrap_or(own)
}

/// `SharedState` and `SHARED_STATE` as `shared_state`.
fn snake(name: &str) -> String {
    if name.chars().all(|it| !it.is_ascii_lowercase()) {
        return name.to_ascii_lowercase();
    }
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The words of the code and the types of methods.
pub(super) fn words_in(cuts: &[Cut], state: &str) -> BTreeSet<String> {
    let texts = cuts.iter().flat_map(|it| {
        let types = it.method.parameters.iter().map(|it| it.1.as_str());
        types.chain([it.method.body.as_str()]).chain(it.method.result.as_deref())
    });
    texts.chain([state]).flat_map(words_of).collect()
}

/// The methods by their names, and the name for each section.
pub(super) struct Methods {
    pub all: Vec<(String, String, Method)>,
    pub of_cut: Vec<String>,
}

/// Gives each distinct section a name of its own.
pub(super) fn methods(sema: &Sema<'_>, cuts: &[Cut]) -> Methods {
    const RESERVED: &[&str] = &["spawn", "run", "serve", "clone", "default", "fmt", "drop"];
    let mut found = Methods { all: Vec::new(), of_cut: Vec::new() };
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|it| (*it).to_owned()).collect();
    for cut in cuts {
        if let Some(known) = found.all.iter().find(|it| it.2 == cut.method) {
            found.of_cut.push(known.0.clone());
            continue;
        }
        let plain = cut.names.iter().filter(|it| !it.starts_with("r#"));
        let first = plain.clone().next().cloned().unwrap_or_else(|| "update".to_owned());
        let longer: Vec<String> = cut
            .names
            .iter()
            .skip(1)
            .filter(|it| **it != first)
            .map(|it| format!("{first}_in_{it}"))
            .collect();
        let numbered = (2..).map(|it| format!("{first}_{it}"));
        let mut names = plain.cloned().chain(longer).chain(numbered);
        let name = names.find(|it| !taken.contains(it)).unwrap_or(first);
        taken.insert(name.clone());
        let holder = cut.holder.map(|it| sema.label(it)).unwrap_or_default();
        found.of_cut.push(name.clone());
        found.all.push((name, holder, cut.method.clone()));
    }
    found
}

/// What other code reaches a holder by: of a parameter or a result that is the function.
pub(super) fn mention_of(sema: &Sema<'_>, holder: &Holder) -> Option<Mentioned> {
    match holder {
        Holder::Field { name, .. } => Some(Mentioned::Field(name.text().to_string())),
        Holder::Static { name, .. } => Some(Mentioned::Path(name.text().to_string(), None)),
        Holder::Result { function, .. } => Some(sema.mentioned(*function)),
        Holder::Local { pat, .. } => {
            let list = pat.syntax().ancestors().find_map(ast::ParamList::cast)?;
            Some(sema.mentioned(sema.function_at(&list.syntax().parent()?)?))
        }
    }
}

/// Whether code outside the crate sees what holds the lock.
pub(super) fn is_public(sema: &Sema<'_>, holder: &Holder) -> bool {
    match holder {
        Holder::Result { function, .. } => sema.is_exported(*function),
        Holder::Local { pat, .. } => {
            let list = pat.syntax().ancestors().find_map(ast::ParamList::cast);
            let function = list.and_then(|it| sema.function_at(&it.syntax().parent()?));
            function.is_some_and(|it| sema.is_exported(it))
        }
        Holder::Field { name, .. } => {
            let field = name.ancestors().find_map(ast::RecordField::cast);
            field.is_some_and(|it| is_pub(&it))
                && name.ancestors().find_map(ast::Struct::cast).is_some_and(|it| is_pub(&it))
        }
        Holder::Static { name, .. } => {
            name.ancestors().find_map(ast::Static::cast).is_some_and(|it| is_pub(&it))
        }
    }
}

fn is_pub(item: &impl ast::HasVisibility) -> bool {
    item.visibility().is_some_and(|it| it.syntax().text() == "pub")
}
