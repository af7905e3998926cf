//! How a metric is declared.

/// What is known of a metric besides its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Declared {
    /// Its name in CloudWatch's namespace `Keylease`. Prometheus sees it with [`PREFIX`] before it.
    pub name: &'static str,
    /// What it does over time.
    pub kind: Kind,
    /// What its value is counted in.
    pub unit: Unit,
    /// What tells its series apart, at most [`LABELS_MAX`]. Each has few values, all known beforehand.
    pub labels: &'static [Label],
    /// The sets of dimensions under which CloudWatch keeps it; each set costs a metric for each combination.
    pub dimensions: &'static [&'static [Label]],
    /// What it means.
    pub help: &'static str,
}

/// What Prometheus sees before each name.
pub const PREFIX: &str = "keylease";
/// Labels of one metric, at most.
pub const LABELS_MAX: usize = 3;

/// What a metric does over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Is measured again and again; Prometheus counts how many were at most each of these bounds.
    Histogram(&'static [f64]),
}

/// What a value is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Seconds.
    Seconds,
}

/// What tells the series of one metric apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Label {
    /// `notify`, `provision`, `revoke`.
    Worker,
    /// The job's name on the wire. Not `job`: Prometheus gives that name to what it scrapes.
    JobName,
    /// How a job's turn ended.
    Outcome,
    /// Whether a message was received for the `first` time, or `again`.
    Delivery,
    /// Why a job was dead-lettered.
    Reason,
    /// A route of the ingress.
    Route,
    /// An HTTP status, or a request's.
    Status,
    /// Whether a grant ended at its time or early.
    End,
}

impl Kind {
    /// Its name in the documentation.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

impl Unit {
    /// Its name in CloudWatch.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Seconds => "Seconds",
        }
    }
}

impl Label {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::JobName => "job_name",
            Self::Outcome => "outcome",
            Self::Delivery => "delivery",
            Self::Reason => "reason",
            Self::Route => "route",
            Self::Status => "status",
            Self::End => "end",
        }
    }
}

/// Declares all metrics: a variant for each, and what is known of it.
macro_rules! metrics {
    ($($metric:ident = $name:literal, $kind:expr, $unit:expr, [$($label:expr),*], by [$($set:expr),*], $help:literal;)*) => {
        /// A metric.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Metric {
            $(#[doc = $help] $metric,)*
        }

        impl Metric {
            /// All of them, in the order in which they are declared.
            pub const ALL: &[Self] = &[$(Self::$metric),*];

            /// What is known of it.
            #[must_use]
            pub fn declared(self) -> &'static Declared {
                match self {
                    $(Self::$metric => &const {
                        Declared {
                            name: $name,
                            kind: $kind,
                            unit: $unit,
                            labels: &[$($label),*],
                            dimensions: &[$($set),*],
                            help: $help,
                        }
                    },)*
                }
            }
        }
    };
}
pub(super) use metrics;
