//! The text of the module that owns a state: the messages, the handle, and the task.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::cut::Method;

/// A module in the making.
pub(super) struct Module {
    pub name: String,
    pub visibility: &'static str,
    /// What the handle is called.
    pub handle: String,
    /// What the task calls the state.
    pub field: String,
    /// The type of the state.
    pub state: String,
    /// The type parameters of the state, as `<K, V>`; empty where it has none.
    pub generics: String,
    /// What is asked of them, as a `where`.
    pub bounds: String,
    pub tokio: String,
    /// The imports of its own, as statements.
    pub imports: Vec<String>,
    /// The methods by their names, each with the function that it comes from.
    pub methods: Vec<(String, String, Method)>,
    /// Whether the handle is made by `default()` as well.
    pub has_default: bool,
    /// Names that the code of the methods uses.
    pub taken: BTreeSet<String>,
}

/// How many messages may wait: enough for a burst, and little memory.
const CAPACITY: usize = 64;

impl Module {
    /// The name of the enum of messages.
    fn message(&self) -> &'static str {
        ["Message", "Command", "Request"]
            .into_iter()
            .find(|it| !self.taken.contains(*it))
            .unwrap_or("OwnerMessage")
    }

    fn owner(&self) -> &'static str {
        ["Owner", "StateOwner"].into_iter().find(|it| !self.taken.contains(*it)).unwrap_or("OwnerTask")
    }

    fn is_async(&self) -> bool {
        self.methods.iter().any(|it| it.2.is_async)
    }

    /// The whole module, at the outermost indent.
    pub fn text(mut self) -> String {
        // The types are written for the module around this one.
        let deeper = |it: &str| it.replace("super::", "super::super::");
        self.state = deeper(&self.state);
        for (_, _, method) in &mut self.methods {
            method.parameters.iter_mut().for_each(|it| it.1 = deeper(&it.1));
            method.result = method.result.as_deref().map(deeper);
        }
        let mut inside = String::new();
        let _ = writeln!(inside, "use {}::sync::{{mpsc, oneshot}};\n", self.tokio);
        for import in &self.imports {
            let _ = writeln!(inside, "{import}");
        }
        if !self.imports.is_empty() {
            inside.push('\n');
        }
        let _ = writeln!(
            inside,
            "/// How many messages may wait for the task before whoever sends one waits.\nconst CAPACITY: usize = {CAPACITY};\n"
        );
        for part in [self.messages(), self.handle_text(), self.owner_text()] {
            inside.push_str(&part);
            inside.push('\n');
        }
        inside.push_str(ANSWER);
        let visibility = self.visibility;
        let inside =
            inside.lines().map(|it| if it.is_empty() { "\n".to_owned() } else { format!("    {it}\n") });
        let inside: String = inside.collect();
        format!(
            "/// The task that owns the state, and the handle by which others ask it.\n{visibility}mod {} {{\n{inside}}}\n",
            self.name
        )
    }

    fn messages(&self) -> String {
        let mut text = format!(
            "/// What can be asked of the task, each with where the answer goes.\nenum {}{} {{\n",
            self.message(),
            self.generics
        );
        for (name, _, method) in &self.methods {
            let fields: String =
                method.parameters.iter().map(|(name, ty)| format!("{}: {ty}, ", plain(name))).collect();
            let result = method.result.as_deref().unwrap_or("()");
            let _ = writeln!(text, "    {} {{ {fields}reply: oneshot::Sender<{result}> }},", camel(name));
        }
        text.push_str("}\n");
        text
    }

    fn handle_text(&self) -> String {
        let Module { handle, state, generics, bounds, field, tokio, .. } = self;
        let (message, owner) = (self.message(), self.owner());
        let derive = if generics.is_empty() { "#[derive(Clone, Debug)]\n" } else { "" };
        let mut text = format!(
            "/// Asks the task that owns the state. Clones ask the same task, which ends with the last of them.\n{derive}pub struct {handle}{generics} {{\n    messages: mpsc::Sender<{message}{generics}>,\n}}\n\nimpl{generics} {handle}{generics}{bounds} {{\n    /// Starts the task with the state that it owns. To be called inside a Tokio runtime.\n    pub fn spawn({field}: {state}) -> Self {{\n        let (messages, inbox) = mpsc::channel(CAPACITY);\n        {tokio}::spawn({owner} {{ {field}, inbox }}.run());\n        Self {{ messages }}\n    }}\n"
        );
        for (name, holder, method) in &self.methods {
            text.push('\n');
            text.push_str(&self.ask(name, holder, method));
        }
        text.push_str(&self.asking());
        text.push_str("}\n");
        if !generics.is_empty() {
            let _ = write!(
                text,
                "\n// A derived one would ask the same of the type parameters.\nimpl{generics} Clone for {handle}{generics} {{\n    fn clone(&self) -> Self {{\n        Self {{ messages: self.messages.clone() }}\n    }}\n}}\n"
            );
        }
        if self.has_default {
            let _ = write!(
                text,
                "\nimpl{generics} Default for {handle}{generics}{bounds} {{\n    fn default() -> Self {{\n        Self::spawn(Default::default())\n    }}\n}}\n"
            );
        }
        text
    }

    fn ask(&self, name: &str, holder: &str, method: &Method) -> String {
        let parameters: String =
            method.parameters.iter().map(|(name, ty)| format!(", {}: {ty}", plain(name))).collect();
        let fields: String = method.parameters.iter().map(|(name, _)| format!("{}, ", plain(name))).collect();
        let result = method.result.as_ref().map(|it| format!(" -> {it}")).unwrap_or_default();
        let (ask, keyword, awaited) = match method.blocks {
            true => ("ask_blocking", "", ""),
            false => ("ask", "async ", ".await"),
        };
        let end = if method.result.is_some() { "" } else { ";" };
        format!(
            "    /// Does what `{holder}` does with the state.\n    pub {keyword}fn {name}(&self{parameters}){result} {{\n        self.{ask}(|reply| {}::{} {{ {fields}reply }}){awaited}{end}\n    }}\n",
            self.message(),
            camel(name)
        )
    }

    /// How a message gets to the task and its answer back, for callers that await and for those that block.
    fn asking(&self) -> String {
        let message = self.message();
        let generics = &self.generics;
        let answer = if generics.contains('T') { "Answer" } else { "T" };
        let mut text = String::new();
        let ways = [
            (false, "", "async ", "send(message(reply)).await", "await"),
            (true, "_blocking", "", "blocking_send(message(reply))", "blocking_recv()"),
        ];
        for (blocks, name, keyword, send, receive) in ways {
            if self.methods.iter().any(|it| it.2.blocks == blocks) {
                let _ = write!(
                    text,
                    "\n    {keyword}fn ask{name}<{answer}>(&self, message: impl FnOnce(oneshot::Sender<{answer}>) -> {message}{generics}) -> {answer} {{\n        let (reply, answer) = oneshot::channel();\n        let sent = self.messages.{send};\n        assert!(sent.is_ok(), \"the task that owns the state runs\");\n        answer.{receive}.expect(\"the task that owns the state answers\")\n    }}\n"
                );
            }
        }
        text
    }

    fn owner_text(&self) -> String {
        let (message, owner) = (self.message(), self.owner());
        let Module { generics, bounds, .. } = self;
        let (keyword, awaited) = if self.is_async() { ("async ", ".await") } else { ("", "") };
        let mut text = format!(
            "/// The state, and the messages about it.\nstruct {owner}{generics} {{\n    {}: {},\n    inbox: mpsc::Receiver<{message}{generics}>,\n}}\n\nimpl{generics} {owner}{generics}{bounds} {{\n    async fn run(mut self) {{\n        while let Some(message) = self.inbox.recv().await {{\n            self.serve(message){awaited};\n        }}\n    }}\n\n    {keyword}fn serve(&mut self, message: {message}{generics}) {{\n        match message {{\n",
            self.field, self.state
        );
        for (name, _, method) in &self.methods {
            let names: Vec<&str> = method.parameters.iter().map(|it| plain(&it.0)).collect();
            let fields: String = names.iter().map(|it| format!("{it}, ")).collect();
            let awaited = if method.is_async { ".await" } else { "" };
            let call = format!("self.{name}({}){awaited}", names.join(", "));
            let served = match method.result {
                Some(_) => format!("answer(reply, {call})"),
                None => {
                    format!("{{\n                {call};\n                answer(reply, ());\n            }}")
                }
            };
            let _ = writeln!(text, "            {message}::{} {{ {fields}reply }} => {served},", camel(name));
        }
        text.push_str("        }\n    }\n");
        for (name, _, method) in &self.methods {
            text.push('\n');
            text.push_str(&handler(name, method));
        }
        text.push_str("}\n");
        text
    }
}

/// The name of a parameter without `mut`.
fn plain(name: &str) -> &str {
    name.strip_prefix("mut ").unwrap_or(name)
}

fn handler(name: &str, method: &Method) -> String {
    let parameters: String = method.parameters.iter().map(|(name, ty)| format!(", {name}: {ty}")).collect();
    let result = method.result.as_ref().map(|it| format!(" -> {it}")).unwrap_or_default();
    let keyword = if method.is_async { "async " } else { "" };
    let receiver = if method.mutates { "&mut self" } else { "&self" };
    let body: String = method
        .body
        .lines()
        .map(|it| if it.is_empty() { "\n".to_owned() } else { format!("        {it}\n") })
        .collect();
    format!("    {keyword}fn {name}({receiver}{parameters}){result} {{\n{body}    }}\n")
}

const ANSWER: &str = "/// Whoever asked and is gone needs no answer.
fn answer<T>(reply: oneshot::Sender<T>, value: T) {
    let _ = reply.send(value);
}
";

/// `insert_all` as `InsertAll`.
pub(super) fn camel(name: &str) -> String {
    let word = |it: &str| {
        let mut letters = it.chars();
        let first = letters.next().map(|it| it.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    name.split('_').map(word).collect()
}
