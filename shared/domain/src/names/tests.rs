//! What people type is the name that they see; and names that look different stay apart.

use proptest::prelude::*;

use super::*;

#[test]
fn what_keyboards_and_copying_change_makes_no_other_name() {
    for (typed, name) in [
        ("Payments", "payments"),
        ("  payments\u{A0}", "payments"),
        ("\u{FEFF}pay\u{200B}ments\u{2060}", "payments"),
        ("data\u{200B}_platform", "data_platform"),
        ("\u{202A}payments\u{202C}", "payments"),
        ("Data\u{A0}Lake", "Data Lake"),
        ("data \t  lake", "Data Lake"),
        ("Data\u{3000}Lake", "Data Lake"),
        ("“Data Lake”", "Data Lake"),
        ("„Data Lake‟", "Data Lake"),
        ("«Data Lake»", "Data Lake"),
        ("‘Data Lake’", "Data Lake"),
        ("'Data Lake'", "Data Lake"),
        ("`payments`", "payments"),
        ("\"payments", "payments"),
        ("@payments", "payments"),
        ("#payments", "payments"),
        ("• `payments`", "payments"),
        ("payments,", "payments"),
        ("\"payments\",", "payments"),
        ("*payments*", "payments"),
        ("_payments_", "payments"),
        ("<payments>", "payments"),
        ("übersicht", "Übersicht"),
        ("ÜBERSICHT", "Übersicht"),
        ("Cafe\u{301}", "Café"),
        ("STRASSE", "Straße"),
        ("ΣΟΦΟΣ", "σοφος"),
        ("ｐａｙｍｅｎｔｓ", "payments"),
        ("ﬁnance", "finance"),
        ("data‑lake", "data-lake"),
        ("data—lake", "data-lake"),
        ("Dana’s", "Dana's"),
        ("R&D", "r&d"),
        ("C#", "c#"),
        ("İstanbul", "i\u{307}stanbul"),
    ] {
        assert!(alike(typed, name), "{typed:?} is not {name:?}: {:?} {:?}", fold(typed), fold(name));
    }
}

#[test]
fn names_that_look_different_stay_apart() {
    for (a, b) in [
        ("payments", "payment"),
        ("data lake", "datalake"),
        ("data-lake", "data_lake"),
        ("C#", "C"),
        ("C", "C++"),
        ("prod", "prod2"),
        ("Cafe", "Café"),
        ("ılk", "ilk"),
        ("", ""),
        ("\u{200B}", ""),
        ("@", "#"),
    ] {
        assert!(!alike(a, b), "{a:?} is {b:?}");
    }
}

#[test]
fn the_exact_name_goes_before_one_that_is_alike() {
    let names = ["payments", "Payments", "#ops", "Website"];
    assert_eq!(find(names.iter().copied(), "Payments"), Some("Payments"));
    assert_eq!(find(names.iter().copied(), "PAYMENTS"), None, "two are alike");
    assert_eq!(find(names.iter().copied(), "ops"), Some("#ops"));
    assert_eq!(find(names.iter().copied(), "web\u{AD}site"), Some("Website"));
    assert_eq!(find(names.iter().copied(), ""), None);
}

#[test]
fn a_misspelt_name_is_guessed_for_the_answer_only() {
    let names = ["payments", "website", "Data Lake", "data_platform", "R&D"];
    for (typed, first) in [
        ("paymetns", Some("payments")),
        ("payment", Some("payments")),
        ("data", Some("Data Lake")),
        ("datalake", Some("Data Lake")),
        ("web site", Some("website")),
        ("platform", Some("data_platform")),
        ("nowhere", None),
        ("a", None),
        ("", None),
    ] {
        assert_eq!(closest(names.iter().copied(), typed).first().copied(), first, "{typed}");
    }
    assert_eq!(closest(names.iter().copied(), "data"), ["Data Lake", "data_platform"]);
}

proptest! {
    #[test]
    fn a_folded_name_is_its_own(text in any::<String>()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn what_is_put_around_a_name_and_into_it_does_not_matter(name in "[^\\pC\\pZ\\pM]{0,9}[a-z0-9é漢][^\\pC\\pZ]{0,9}( [^\\pC\\pZ\\pM][^\\pC\\pZ]{0,9})?", at in 0_usize..40) {
        let mut spoilt: String = name.chars().take(at).collect();
        spoilt.push('\u{200B}');
        spoilt.extend(name.chars().skip(at));
        prop_assert!(alike(&spoilt, &name));
        let (quoted, code) = (format!(" “{name}”, "), format!("`{name}`"));
        prop_assert!(alike(&quoted, &name));
        prop_assert!(alike(&code, &name));
    }

    #[test]
    fn any_text_is_compared(a in any::<String>(), b in any::<String>()) {
        let _compared = (alike(&a, &b), closest([a.as_str()], &b).len());
    }
}
