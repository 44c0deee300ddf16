//! The written contract, `docs/asyncapi.yaml`, and messages held against it.

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use yaml_rust2::{Yaml, YamlLoader};

static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::read);

/// The document, and a validator for each message that it describes.
pub struct Contract {
    pub document: Value,
    validators: BTreeMap<String, LazyValidator>,
}

/// Made when the first message of its type comes: no test needs them all.
type LazyValidator = LazyLock<Validator, Box<dyn FnOnce() -> Validator + Send>>;

/// The one contract.
pub fn contract() -> &'static Contract {
    &CONTRACT
}

/// Fails unless the message is exactly as the contract says.
pub fn hold(message: &Value) {
    let errors = contract().errors(message);
    assert!(errors.is_empty(), "{errors:#?} in {message:#}");
}

impl Contract {
    fn read() -> Self {
        let text = include_str!("../../../docs/asyncapi.yaml");
        let documents = YamlLoader::load_from_str(text).unwrap();
        let document = json(&documents[0]);
        let messages = document["components"]["messages"].as_object().unwrap();
        let validators = messages.iter().map(|(kind, message)| {
            let schema = json!({"components": document["components"], "allOf": [message["payload"]]});
            let options = jsonschema::options().with_draft(Draft::Draft7);
            let build = move || options.build(&schema).unwrap();
            (kind.clone(), LazyValidator::new(Box::new(build)))
        });
        let validators = validators.collect();
        Self { document, validators }
    }

    /// What is wrong with a message.
    pub fn errors(&self, message: &Value) -> Vec<String> {
        let kind = message["type"].as_str().unwrap_or_default();
        let Some(validator) = self.validators.get(kind) else {
            return vec![format!("{kind:?} is not described")];
        };
        let errors = validator.iter_errors(message);
        errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }

    /// The types of the messages that clients send, or of those that nodes send.
    pub fn types(&self, action: &str) -> BTreeSet<String> {
        let operations = self.document["operations"].as_object().unwrap().values();
        let mut types = BTreeSet::new();
        for operation in operations {
            let mut add = |messages: &Value| {
                let names = messages.as_array().into_iter().flatten().map(reference);
                types.extend(names);
            };
            if operation["action"] == action {
                add(&operation["messages"]);
            }
            if action == "send" {
                add(&operation["reply"]["messages"]);
            }
        }
        types
    }

    /// The `kind`s of a schema that is one of several.
    pub fn kinds(&self, schema: &str) -> BTreeSet<String> {
        let variants = self.schema(schema)["oneOf"].as_array().unwrap();
        let kind = |variant| {
            let kind = &self.schema(&reference(variant))["properties"]["kind"]["const"];
            kind.as_str().unwrap().to_owned()
        };
        variants.iter().map(kind).collect()
    }

    /// The codes of a schema that is one of several.
    pub fn codes(&self, schema: &str) -> BTreeSet<String> {
        let codes = self.schema(schema)["oneOf"].as_array().unwrap();
        let code = |code: &Value| match code["const"].as_str() {
            Some(code) => BTreeSet::from([code.to_owned()]),
            None => self.codes(&reference(code)),
        };
        codes.iter().flat_map(code).collect()
    }

    /// A schema by its name.
    pub fn schema(&self, name: &str) -> &Value {
        &self.document["components"]["schemas"][name]
    }
}

/// The last part of a reference.
pub fn reference(value: &Value) -> String {
    let reference = value["$ref"].as_str().unwrap();
    reference.rsplit('/').next().unwrap().to_owned()
}

fn json(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Real(number) => json!(number.parse::<f64>().unwrap()),
        Yaml::Integer(number) => json!(number),
        Yaml::String(text) => json!(text),
        Yaml::Boolean(truth) => json!(truth),
        Yaml::Array(items) => items.iter().map(json).collect(),
        Yaml::Hash(fields) => {
            let field = |(name, value): (&Yaml, &Yaml)| (name.as_str().unwrap().to_owned(), json(value));
            Value::Object(fields.iter().map(field).collect())
        }
        Yaml::Null => Value::Null,
        Yaml::Alias(_) | Yaml::BadValue => panic!("{yaml:?}"),
    }
}
