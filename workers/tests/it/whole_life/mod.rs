//! Whole lives of grants, of every kind and delivery: asked, approved, claimed, extended, ended; with reads that lag, and with
//! calls that only an operator can repair.

mod lag;
mod life;
mod look;
mod operator;
