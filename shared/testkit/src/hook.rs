//! Hooks: what a test is asked about each call before it is done.

use std::pin::Pin;
use std::sync::Arc;

/// Something that is waited for.
pub(crate) type Waiting<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What becomes of a call, as a hook says.
pub struct Verdict<F> {
    fault: Option<F>,
    hold: Option<Waiting<()>>,
}

impl<F> Verdict<F> {
    /// This goes wrong with it, where anything does.
    pub fn of(fault: Option<F>) -> Self {
        Self { fault, hold: None }
    }

    /// The same, and whoever called gets the answer only when `hold` is over.
    #[must_use]
    pub fn held(self, hold: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { hold: Some(Box::pin(hold)), ..self }
    }
}

/// Asked about each call.
type Ask<C, F> = dyn Fn(C) -> Waiting<Verdict<F>> + Send + Sync;

/// Asks a test about calls of this kind, where it wants to be asked.
pub(crate) struct Hook<C, F>(Option<Arc<Ask<C, F>>>);

impl<C, F> Clone for Hook<C, F> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<C, F> Default for Hook<C, F> {
    fn default() -> Self {
        Self(None)
    }
}

impl<C, F> std::fmt::Debug for Hook<C, F> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Hook")
    }
}

impl<C, F> Hook<C, F> {
    pub(crate) fn new<A>(ask: impl Fn(C) -> A + Send + Sync + 'static) -> Self
    where
        A: Future<Output = Verdict<F>> + Send + 'static,
    {
        Self(Some(Arc::new(move |call| Box::pin(ask(call)))))
    }

    /// What goes wrong with a call, and what is to be waited for before it is answered.
    pub(crate) async fn ask(&self, call: impl FnOnce() -> C) -> (Option<F>, Option<Waiting<()>>) {
        match &self.0 {
            None => (None, None),
            Some(ask) => {
                let verdict = ask(call()).await;
                (verdict.fault, verdict.hold)
            }
        }
    }
}
