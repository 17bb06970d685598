//! A comparison of two made-up experiments.

use super::*;
use crate::{
    claims::{Claim, Claims},
    finding::{Effect, Memory},
    study::parts::Bound,
    verdict::{Basis, Verdict},
};
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Heat, Labels, Lines, Plot, Reference, Scale, Series},
    statistics::Summary,
};

const MEMORY: Memory = Memory { alone: [5, 10, 20], thread: [1, 2, 3] };

const EXPERIMENTS: &[Experiment] = &[
    Experiment {
        id: "C1",
        text: "# Claim\none & one\n\n# Question\nIs one & one two?\n\n# Otherwise\nThree.\n\n# Criterion\nshown if <two>\n\n# History\n- Changed once.",
        thresholds: &[],
        reads: &[Input::Budget, Input::Seeds],
        basis: Basis::Estimated,
        seeds: Seeds { planned: [3, 3, 5], least: 4 },
        seconds: [Some(1), Some(2), Some(3)],
        memory: MEMORY,
        run,
    },
    Experiment {
        id: "C2",
        text: "# Claim\nfails\n\n# Question\nDoes it fail?\n\n# Otherwise\nIt would work.\n\n# Criterion\nnever\n\n# History",
        thresholds: &[],
        reads: &[Input::Seeds, Input::Text],
        basis: Basis::Estimated,
        seeds: Seeds { planned: [3, 3, 5], least: 4 },
        seconds: [Some(1), Some(2), Some(3)],
        memory: MEMORY,
        run: |_| anyhow::bail!("the loss is not a number"),
    },
];

/// One that reads the text.
const READER: &[Experiment] = &[Experiment { reads: &[Input::Budget, Input::Seeds, Input::Text], ..EXPERIMENTS[0] }];

fn run(session: &Session) -> anyhow::Result<Finding> {
    let summary = Summary::of(&session.seeds.iter().map(|s| *s as f64).collect::<Vec<_>>());
    let lines = Lines::new(
        Axis::log2("x"),
        Axis::log10("y"),
        vec![Series::new("measured", [(1.0, summary), (2.0, summary)]), Series::exact("zero", [(1.0, 0.0)])],
    );
    let lines = lines.with(Reference::Level { label: "limit".into(), y: 9.0 });
    let names = || vec!["a".to_owned(), "b".to_owned()];
    let bars =
        Bars::stacked(Axis::linear("share, %"), names(), [BarSeries::new("part", [1.0, 2.0].map(Summary::exact))]);
    let heat = Heat {
        x: "to".into(),
        y: "from".into(),
        value: "weight".into(),
        scale: Scale::Linear,
        columns: Labels::Names(names()),
        rows: Labels::Names(names()),
        values: vec![vec![0.5, -1.0], vec![0.0, f64::NAN]],
    };
    let plots = [("lines", Plot::Lines(lines)), ("bars", Plot::Bars(bars)), ("heat", Plot::Heat(heat))];
    let table = Table::of([3_u64]).column("model", |_| "rnn").column("n", |n| *n).named("table", "A table");
    Ok(Finding {
        verdict: Verdict::Shown,
        effect: Some(Effect { what: "mean".into(), unit: "of it".into(), found: summary, needed: Bound::More(1.0) }),
        glance: Vec::new(),
        answer: format!("mean {summary}"),
        figures: plots.into_iter().map(|(name, plot)| Figure::new(name, name, "How to read it.", plot)).collect(),
        tables: vec![table],
        notice: vec!["this".into()],
        limits: Vec::new(),
    })
}

fn options(out: PathBuf, only: &str) -> Options {
    let only = if only.is_empty() { Vec::new() } else { only.split(',').map(String::from).collect() };
    Options { budget: None, text: None, out, seeds: Some(2), trainings: None, fresh: false, reference: None, only }
}

#[test]
fn step_01_a_report_is_complete_and_needs_nothing_else() {
    let dir = tempfile::TempDir::new().unwrap();
    let out = dir.path().join("report");
    compare(EXPERIMENTS, &options(out.clone(), "c1"), Some(3), Progress::Quiet).unwrap();
    let page = std::fs::read_to_string(out.join("index.html")).unwrap();
    for part in [
        "one &amp; one",
        "shown if &lt;two&gt;",
        "✓ shown",
        "Changed once.",
        "needed: more than 1",
        data::corpus::BOOK_SHA256,
        "370,872 characters",
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
    assert!(page.contains("cargo run --release -- compare --budget quick --seeds 2 --seed 3 --only C1"));
    assert!(page.contains("planned for 3 minutes") && !page.contains("at most 3 minutes"), "nothing ends a comparison");
    for foreign in ["<script", "src=", "url(", "@import", "stylesheet"] {
        assert!(!page.contains(foreign), "the page asks for {foreign}");
    }
    let literal = |attribute: &str| page.contains(&format!("{attribute}=\"#"));
    assert!(!literal("fill") && !literal("stroke"), "a colour does not follow the theme");
    for name in ["lines", "bars", "heat", "table"] {
        assert!(page.contains(&format!("href=\"{name}.csv\"")));
        assert!(out.join(format!("{name}.csv")).is_file());
    }
    let claims: Claims = serde_json::from_slice(&std::fs::read(out.join("claims.json")).unwrap()).unwrap();
    let Claim { seeds, figures, effect, .. } = &claims.claims[0];
    assert_eq!((claims.schema, &seeds[..]), (1, &[3, 4][..]));
    assert_eq!(effect.as_ref().unwrap().found.mean, Some(3.5));
    assert_eq!((&*figures[0].name, figures[0].series[0].points[0][1]), ("lines", Some(3.5)));
    let lines = std::fs::read_to_string(out.join("lines.csv")).unwrap();
    assert!(lines.starts_with("series,x,y,95 % low,95 % high,n\nmeasured,1,3.5,"), "{lines}");
    assert!(lines.ends_with("zero,1,0,,,1\nlimit,,9,,,\n"), "{lines}");
    let heat = std::fs::read_to_string(out.join("heat.csv")).unwrap();
    assert_eq!(heat, "from,to,weight\na,a,0.5\na,b,-1\nb,a,0\nb,b,NaN\n");
}

#[test]
fn step_02_mistakes_are_told_before_anything_runs() {
    let dir = tempfile::TempDir::new().unwrap();
    let out = dir.path().join("report");
    let message = |options: Options| compare(EXPERIMENTS, &options, None, Progress::Quiet).err().unwrap().to_string();
    assert_eq!(
        message(options(out.clone(), "C1,C99,x")),
        "there is no claim called \"C99\" or \"x\": the claims with an experiment are C1, C2"
    );
    let short = dir.path().join("short.txt");
    std::fs::write(&short, "never trained on").unwrap();
    let short = Options { text: Some(short), ..options(out.clone(), "") };
    let expected = "short.txt has 16 characters in normal form C, and a comparison needs at least 5,160: give a longer text with --text";
    assert!(message(short).ends_with(expected));
    let odd = dir.path().join("odd.txt");
    for (content, expected) in [
        ("", "is empty; choose a file with text in it"),
        (" \n\u{3000}\n", "has nothing but white space; choose a file with text in it"),
        ("a", "is \"a\" over and over, so there is nothing to learn from it; choose another text"),
        (
            "one line\n",
            "odd.txt has 9 characters in normal form C, and a comparison needs at least 5,160: give a longer text with \
             --text",
        ),
        ("a\u{308}", "is \"ä\" over and over, so there is nothing to learn from it; choose another text"),
        (
            &"e\u{323}\u{302}\u{301}o".repeat(1_000), // one letter in three signs
            "odd.txt has 3,000 characters in normal form C, and a comparison needs at least 5,160: give a longer text \
             with --text",
        ),
    ] {
        std::fs::write(&odd, content.repeat(if content.len() == 1 { 9_000 } else { 1 })).unwrap();
        let said = message(Options { text: Some(odd.clone()), ..options(out.clone(), "") });
        assert!(said.ends_with(expected), "{said}");
    }
    std::fs::remove_file(odd).unwrap();
    let missing = Options { text: Some(dir.path().join("missing.txt")), ..options(out, "") };
    assert!(message(missing).contains("missing.txt"));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "the short text alone");
}

#[test]
fn step_04_too_few_seeds_for_a_test_are_told() {
    let said = |seeds| too_few_seeds(&EXPERIMENTS[0], seeds);
    assert_eq!(said(3).unwrap(), "C1 stays undecided with 3 seeds: its test needs --seeds 4 or more");
    assert_eq!(said(4), None);
}

#[test]
fn step_03_a_failed_experiment_leaves_no_trace() {
    let dir = tempfile::TempDir::new().unwrap();
    let error = compare(EXPERIMENTS, &options(dir.path().join("report"), ""), None, Progress::Quiet).err().unwrap();
    assert_eq!(error.to_string(), "the experiment on C2 failed: the loss is not a number");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn step_05_another_run_is_compared_in_words() {
    const UNKNOWN: &[Experiment] = &[Experiment { id: "C99", ..EXPERIMENTS[0] }];
    let dir = tempfile::TempDir::new().unwrap();
    let alone = dir.path().join("alone");
    compare(UNKNOWN, &options(alone.clone(), ""), Some(3), Progress::Quiet).unwrap();
    assert!(std::fs::read_to_string(alone.join("index.html")).unwrap().contains("none yet"));

    let [first, second] = ["first", "second"].map(|name| dir.path().join(name));
    compare(READER, &options(first.clone(), ""), Some(3), Progress::Quiet).unwrap();
    let against = |text: Option<PathBuf>| {
        let options = Options { reference: Some(first.clone()), text, ..options(second.clone(), "") };
        compare(READER, &options, Some(3), Progress::Quiet).unwrap();
        std::fs::read_to_string(second.join("index.html")).unwrap()
    };
    let page = against(None);
    assert!(page.contains("): shown, as here.") && page.contains("Thin marks: the reference run."));
    assert!(!page.contains("lies apart") && !page.contains("stale"));
    assert!(page.contains("here the report in ") && !page.contains("the longest budget"));

    let text = dir.path().join("text.txt");
    std::fs::write(&text, "never trained on, ".repeat(400)).unwrap();
    let page = against(Some(text.clone()));
    assert!(page.contains("read another text, so it says nothing about yours") && !page.contains("as here."));

    let claims = first.join("claims.json");
    let whole: serde_json::Value = serde_json::from_slice(&std::fs::read(&claims).unwrap()).unwrap();
    let with = |changes: &[(&str, serde_json::Value)]| {
        let mut changed = whole.clone();
        for (at, value) in changes {
            *changed.pointer_mut(at).unwrap() = value.clone();
        }
        std::fs::write(&claims, changed.to_string()).unwrap();
    };
    let far = || ("/claims/0/effect/found", serde_json::json!({ "mean": 93.5, "low": 90.0, "high": 99.0, "n": 5 }));
    let not_shown = || ("/claims/0/verdict", "not-shown".into());
    with(&[far(), not_shown()]);
    let page = against(None);
    assert!(page.contains("; here: shown.") && page.contains("lies apart from this run"));

    with(&[far(), not_shown(), ("/claims/0/experiment", "0000".into())]);
    let page = against(None);
    for part in ["; here: shown.", "stale: the experiment has changed since", "has changed since, so"] {
        assert!(page.contains(part), "{part} is missing");
    }
    assert!(!page.contains("Thin marks") && !page.contains("lies apart"), "what is stale is drawn or compared");

    for another in [
        ("/claims/0/effect/what", "<script>another".into()),
        ("/claims/0/effect/unit", "<script>of another".into()),
        ("/claims/0/effect/needed", serde_json::json!({ "times": 2.0 })),
        ("/claims/0/effect/found", serde_json::json!({ "mean": 93.5, "low": null, "high": null, "n": 1 })),
        ("/claims/0/effect/found", serde_json::json!({ "mean": null, "low": null, "high": null, "n": 1 })),
    ] {
        with(&[far(), another.clone()]);
        let page = against(None);
        assert!(!page.contains("lies apart") && !page.contains("<script"), "{another:?}");
    }

    with(&[("/circumstances/text", sha256(std::fs::read(&text).unwrap()).into())]);
    assert!(against(None).contains("read another text"), "the other run's text was not this one's");
    assert!(against(Some(text)).contains("as here."), "both read one text of the user's own");
}

#[test]
fn step_07_a_claim_for_which_a_budget_has_no_time_shows_the_reference_run() {
    const LONG: Experiment = Experiment { id: "C3", seconds: [None, Some(2), Some(3)], ..EXPERIMENTS[0] };
    const BOTH: &[Experiment] = &[EXPERIMENTS[0], LONG];
    let dir = tempfile::TempDir::new().unwrap();
    let [long, short] = ["long", "short"].map(|name| dir.path().join(name));
    let refused = compare(BOTH, &options(long.clone(), "c3,c1"), None, Progress::Quiet).err().unwrap().to_string();
    let expected = "C3 cannot be measured with --budget quick: give --budget standard, or leave C3 out of --only";
    assert_eq!(refused, expected);
    assert!(!long.exists());

    let standard = Options { budget: Some(Budget::Standard), ..options(long.clone(), "c3") };
    compare(BOTH, &standard, Some(3), Progress::Quiet).unwrap();
    let page = |reference: Option<PathBuf>| {
        compare(BOTH, &Options { reference, ..options(short.clone(), "") }, None, Progress::Quiet).unwrap();
        std::fs::read_to_string(short.join("index.html")).unwrap()
    };
    let with_reference = page(Some(long));
    for part in [
        "tests 1 claim in",
        "Of 1 claim more, for which this budget has no time, it shows the reference run.",
        "not run with this budget",
        "in the reference run; needed: more than 1",
        "Reference run (standard, 2 seeds, ",
        "mean 3.5 ",
        "<h3>lines</h3>",
        "<code>--budget standard</code> measures it.",
        "cargo run --release -- compare --budget standard --seeds 2 --only C3",
    ] {
        assert!(with_reference.contains(part), "{part} is missing");
    }
    let claims: Claims = serde_json::from_slice(&std::fs::read(short.join("claims.json")).unwrap()).unwrap();
    assert_eq!(claims.claims.iter().map(|claim| &*claim.id).collect::<Vec<_>>(), ["C1"]);
    assert!(!std::fs::read_to_string(short.join("claims.csv")).unwrap().contains("C3"));
    assert!(!page(None).contains("mean 3.5 "), "the program carries nothing of made-up claims");
}

#[test]
fn step_06_the_same_comparison_writes_the_same_claims_but_for_times() {
    let dir = tempfile::TempDir::new().unwrap();
    let [first, second] = ["first", "second"].map(|name| {
        let out = dir.path().join(name);
        compare(EXPERIMENTS, &options(out.clone(), "c1"), None, Progress::Quiet).unwrap();
        let content = std::fs::read_to_string(out.join("claims.json")).unwrap();
        let claims: Claims = serde_json::from_str(&content).unwrap();
        let seconds = serde_json::to_string(&claims.claims[0].seconds).unwrap();
        content
            .replace(&format!("\"seconds\":{seconds}"), "\"seconds\":0")
            .replace(&claims.circumstances.date, "the date")
    });
    assert_eq!(first, second);
}
