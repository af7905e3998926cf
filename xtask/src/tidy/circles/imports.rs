//! The paths that one file's code names, and what the file re-exports.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit_mut::VisitMut;
use syn::{Attribute, ItemMod, ItemUse, Meta, UseTree, Visibility};

/// A path by its parts.
pub(super) type Path = Vec<String>;

/// What one file names.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// Each path of two parts or more outside its tests.
    pub(super) paths: BTreeSet<Path>,
    /// The path behind each name that is re-exported.
    pub(super) re_exports: BTreeMap<String, Path>,
}

impl Imports {
    /// Reads a file.
    pub(super) fn read(text: &str) -> syn::Result<Self> {
        let mut imports = Self::default();
        imports.visit_file_mut(&mut syn::parse_file(text)?);
        Ok(imports)
    }

    fn add_tree(&mut self, before: &Path, tree: &UseTree, re_exported: bool) {
        let with = |part: &syn::Ident| {
            let mut path = before.clone();
            path.push(part.to_string());
            path
        };
        match tree {
            UseTree::Path(path) => self.add_tree(&with(&path.ident), &path.tree, re_exported),
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.add_tree(before, tree, re_exported));
            }
            UseTree::Name(name) if name.ident == "self" => self.add(before.clone(), None),
            UseTree::Name(name) => {
                let exported = re_exported.then(|| name.ident.to_string());
                self.add(with(&name.ident), exported);
            }
            UseTree::Rename(name) => {
                let exported = re_exported.then(|| name.rename.to_string());
                self.add(with(&name.ident), exported);
            }
            UseTree::Glob(_) => self.add(before.clone(), None),
        }
    }

    /// A re-export is no dependency of its file: whoever uses the name depends on what is behind it.
    fn add(&mut self, path: Path, exported: Option<String>) {
        match exported {
            Some(name) => {
                self.re_exports.insert(name, path);
            }
            None => {
                self.paths.insert(path);
            }
        }
    }
}

/// It changes nothing: the emulators' crates enable this visitor of syn anyway, and another would be compiled for this alone.
impl VisitMut for Imports {
    fn visit_item_use_mut(&mut self, item: &mut ItemUse) {
        if !is_test(&item.attrs) {
            let re_exported = !matches!(item.vis, Visibility::Inherited);
            self.add_tree(&Path::new(), &item.tree, re_exported);
        }
    }

    fn visit_item_mod_mut(&mut self, item: &mut ItemMod) {
        if !is_test(&item.attrs) {
            syn::visit_mut::visit_item_mod_mut(self, item);
        }
    }

    /// `pub(in crate::…)` says who may look, and depends on nobody.
    fn visit_visibility_mut(&mut self, _: &mut Visibility) {}

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.segments.len() > 1 {
            self.add(path.segments.iter().map(|part| part.ident.to_string()).collect(), None);
        }
        syn::visit_mut::visit_path_mut(self, path);
    }
}

/// Whether an item is there in tests alone.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => list.tokens.to_string() == "test",
        Meta::List(_) | Meta::Path(_) | Meta::NameValue(_) => false,
    })
}
