//! Reads variables and gathers every fault, so that one start shows all of them.

use super::secrets::SecretSource;
use super::variables::Variable;

/// Where variables come from: the process's environment, or a test's map.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What a variable says, or what is wrong with it and what would be right.
pub(super) type Parsed<T> = Result<T, String>;

/// Why a program cannot start: every variable that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// One for each variable, in the order in which they are declared.
    pub faults: Vec<VariableFault>,
}

/// One variable that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableFault {
    /// Its name.
    pub name: String,
    /// What is wrong and what would be right. It never quotes a secret.
    pub what: String,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the configuration is not complete; set these environment variables and start again:")?;
        for fault in &self.faults {
            write!(f, "\n  {}: {}", fault.name, fault.what)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// The process's own environment. An empty variable counts as absent.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub(super) struct Reader<'a> {
    lookup: Lookup<'a>,
    faults: Vec<VariableFault>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(lookup: Lookup<'a>) -> Self {
        Self { lookup, faults: Vec::new() }
    }

    /// The value of a variable that must be set or has a default, read by `parse`.
    pub(super) fn required<T>(
        &mut self,
        variable: Variable,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match self.raw(variable.name).or_else(|| variable.default.map(str::to_owned)) {
            Some(text) => self.parsed(variable, &text, parse),
            None => {
                self.fault(variable.name, format!("is not set ({})", variable.meaning));
                None
            }
        }
    }

    /// The value of a variable that may be absent.
    pub(super) fn optional<T>(
        &mut self,
        variable: Variable,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.raw(variable.name)?;
        self.parsed(variable, &text, parse)
    }

    /// A secret: given itself, and then with this prefix, or as `<NAME>_ARN`.
    pub(super) fn secret(&mut self, variable: Variable, prefix: &str) -> Option<SecretSource> {
        let arn_name = format!("{}_ARN", variable.name);
        match (self.raw(variable.name), self.raw(&arn_name)) {
            (Some(_), Some(_)) => {
                self.fault(variable.name, format!("is set, and so is {arn_name}: set one of them"));
                None
            }
            (Some(value), None) if value.starts_with(prefix) => Some(SecretSource::value(value)),
            (Some(_), None) => {
                self.fault(variable.name, format!("does not start with `{prefix}` ({})", variable.meaning));
                None
            }
            (None, Some(arn)) => match SecretSource::from_arn(&arn) {
                Ok(source) => Some(source),
                Err(what) => {
                    self.fault(&arn_name, what);
                    None
                }
            },
            (None, None) => {
                self.fault(variable.name, format!("is not set, nor is {arn_name} ({})", variable.meaning));
                None
            }
        }
    }

    /// A secret that may be absent.
    pub(super) fn optional_secret(&mut self, variable: Variable, prefix: &str) -> Option<SecretSource> {
        let arn_name = format!("{}_ARN", variable.name);
        let is_given = self.raw(variable.name).is_some() || self.raw(&arn_name).is_some();
        if is_given { self.secret(variable, prefix) } else { None }
    }

    /// Whether a variable is set at all.
    pub(super) fn is_set(&self, variable: Variable) -> bool {
        self.raw(variable.name).is_some()
    }

    /// One variable is not set, and means nothing without the other.
    pub(super) fn missing_beside(&mut self, variable: Variable, other: Variable) {
        let what = format!("is not set, while {} is ({})", other.name, variable.meaning);
        self.fault(variable.name, what);
    }

    /// What was wrong, whatever could be read.
    pub(super) fn into_faults(self) -> Vec<VariableFault> {
        self.faults
    }

    pub(super) fn fault(&mut self, name: &str, what: String) {
        self.faults.push(VariableFault { name: name.to_owned(), what });
    }

    /// What was read, if nothing was wrong.
    pub(super) fn finish<T>(self, settings: Option<T>) -> Result<T, ConfigError> {
        match settings {
            Some(settings) if self.faults.is_empty() => Ok(settings),
            _ => Err(ConfigError { faults: self.faults }),
        }
    }

    fn raw(&self, name: &str) -> Option<String> {
        (self.lookup)(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn parsed<T>(
        &mut self,
        variable: Variable,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match parse(text) {
            Ok(value) => Some(value),
            Err(what) => {
                self.fault(variable.name, format!("{what} ({})", variable.meaning));
                None
            }
        }
    }
}
