//! Small edits of a right version: mistakes that nobody has thought of.
//!
//! An operator becomes its neighbour, a number grows by one, a function without arguments is left out, a minus too. Each edit
//! is made alone. Some do not compile, and some change nothing that can be seen; the rest must be refused.

use std::ops::Range;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ExprBinary, ExprMethodCall, ExprRange, ExprUnary, Lit, RangeLimits, UnOp};

/// A source with one edit.
pub(crate) struct Mutant {
    /// The line of the edit, and what it did, as `12: "+" → "-"`.
    pub edit: String,
    /// All of it.
    pub source: String,
}

/// All edits of a source that is right.
pub(crate) fn mutants(source: &str) -> syn::Result<Vec<Mutant>> {
    let mut edits = Edits::default();
    edits.visit_file(&syn::parse_file(source)?);
    let mutant = |(place, with): (Range<usize>, String)| {
        let line = 1 + source[..place.start].matches('\n').count();
        let edit = format!("line {line}: {} becomes {}", data::quoted(&source[place.clone()]), data::quoted(&with));
        Mutant { edit, source: [&source[..place.start], &with, &source[place.end..]].concat() }
    };
    Ok(edits.0.into_iter().map(mutant).collect())
}

#[derive(Default)]
struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    fn replace(&mut self, place: Span, with: impl Into<String>) {
        self.0.push((place.byte_range(), with.into()));
    }
}

impl<'ast> Visit<'ast> for Edits {
    fn visit_expr_binary(&mut self, binary: &'ast ExprBinary) {
        let with = match binary.op {
            BinOp::Add(_) => "-",
            BinOp::Sub(_) => "+",
            BinOp::Mul(_) => "/",
            BinOp::Div(_) => "*",
            BinOp::Rem(_) => "/",
            BinOp::Lt(_) => "<=",
            BinOp::Le(_) => "<",
            BinOp::Gt(_) => ">=",
            BinOp::Ge(_) => ">",
            BinOp::Eq(_) => "!=",
            BinOp::Ne(_) => "==",
            BinOp::And(_) => "||",
            BinOp::Or(_) => "&&",
            BinOp::AddAssign(_) => "=",
            BinOp::SubAssign(_) => "+=",
            BinOp::MulAssign(_) => "/=",
            BinOp::DivAssign(_) => "*=",
            _ => return visit::visit_expr_binary(self, binary),
        };
        self.replace(binary.op.span(), with);
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast ExprUnary) {
        if let UnOp::Neg(minus) = unary.op {
            self.replace(minus.span(), "");
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_range(&mut self, range: &'ast ExprRange) {
        if range.end.is_some() {
            let (place, with) = match &range.limits {
                RangeLimits::HalfOpen(dots) => (dots.span(), "..="),
                RangeLimits::Closed(dots) => (dots.span(), ".."),
            };
            self.replace(place, with);
        }
        visit::visit_expr_range(self, range);
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        if call.args.is_empty() {
            let (receiver, whole) = (call.receiver.span().byte_range(), call.span().byte_range());
            self.0.push((receiver.end..whole.end, String::new()));
        }
        match call.method.to_string().as_str() {
            "max" => self.replace(call.method.span(), "min"),
            "min" => self.replace(call.method.span(), "max"),
            _ => {}
        }
        visit::visit_expr_method_call(self, call);
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        if let Expr::Lit(literal) = expression {
            match &literal.lit {
                Lit::Int(number) => {
                    if let Ok(value) = number.base10_parse::<u64>() {
                        self.replace(number.span(), format!("{}{}", value + 1, number.suffix()));
                    }
                }
                Lit::Float(number) => {
                    if let Ok(value) = number.base10_parse::<f64>() {
                        self.replace(number.span(), format!("{:?}{}", value + 1.0, number.suffix()));
                    }
                }
                _ => {}
            }
        }
        visit::visit_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_edit_is_made_alone() {
        let source = "fn f(x: f64) -> f64 {\n    -x.exp() + 2.0 * x\n}\n";
        let edits: Vec<String> = mutants(source).unwrap().into_iter().map(|mutant| mutant.edit).collect();
        assert_eq!(
            edits,
            [
                "line 2: \"+\" becomes \"-\"",
                "line 2: \"-\" becomes \"\"",
                "line 2: \".exp()\" becomes \"\"",
                "line 2: \"*\" becomes \"/\"",
                "line 2: \"2.0\" becomes \"3.0\"",
            ]
        );
        let first = &mutants(source).unwrap()[0].source;
        assert_eq!(first, "fn f(x: f64) -> f64 {\n    -x.exp() - 2.0 * x\n}\n");
    }
}
