//! The calls of a manifest as a person may read them before the file is used.
//!
//! Not here: what they send (`render`), what their answers mean (`answer`).

use super::masked::method_name;
use super::model::{Manifest, Step, What};
use super::template::{Piece, Template};
use crate::view::{CallRole, CallView};

impl Manifest {
    /// Those of a change in their order, then the others; each once.
    pub fn calls(&self) -> Vec<CallView> {
        let others = [
            (self.resend.as_deref(), CallRole::Resend),
            (self.cancel.as_deref(), CallRole::Cancel),
            (self.read.as_deref(), CallRole::Read),
            (
                self.login.as_ref().map(|login| login.step.as_str()),
                CallRole::Login,
            ),
        ];
        let change = self.flow.iter().map(|id| (id.as_str(), CallRole::Change));
        let others = others
            .into_iter()
            .filter_map(|(id, role)| Some((id?, role)));
        let mut calls: Vec<CallView> = Vec::new();
        for (id, role) in change.chain(others) {
            let known = calls.iter().any(|call| call.step == id);
            if let (Some(step), false) = (self.step(id), known) {
                calls.push(self.call(step, role));
            }
        }
        calls
    }

    fn call(&self, step: &Step, role: CallRole) -> CallView {
        let segments = self.base_url.path.iter().chain(&step.path);
        CallView {
            step: step.id.clone(),
            role,
            method: method_name(step.method).to_owned(),
            path: segments
                .map(|segment| format!("/{}", shown(segment)))
                .collect(),
            waits_for: step.waits_for.as_ref().map(|waits| match waits.what {
                What::Code => "code".to_owned(),
                What::Link => "link".to_owned(),
            }),
        }
    }
}

fn shown(template: &Template) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Gap(name) => format!("{{{{{name}}}}}"),
    };
    template.0.iter().map(piece).collect()
}
