//! The drawings of the architectures, which are written by hand.

use std::fs;

use pulldown_cmark::{Event, Tag};

use crate::chapter::{Chapter, source_folder};

/// The chapters that show an image, each with what is said to those who do not see it.
fn shown(image: &str) -> Vec<(String, String)> {
    let mut shown = Vec::new();
    for chapter in Chapter::all() {
        let mut events = chapter.events();
        while let Some(event) = events.next() {
            if matches!(&event, Event::Start(Tag::Image { dest_url, .. }) if **dest_url == *image) {
                let Some(Event::Text(said)) = events.next() else { continue };
                shown.push((chapter.name.clone(), said.into_string()));
            }
        }
    }
    shown
}

#[test]
fn every_drawing_is_shown_once_described_and_has_the_colours_of_the_figures() {
    let folder = source_folder().join("figures/architectures");
    let files = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let names: Vec<String> = files.collect();
    assert!(names.len() >= 8, "{names:?}");
    for name in names {
        let drawing = fs::read_to_string(folder.join(&name)).unwrap();
        assert!(drawing.contains(&report::figure::theme::style_sheet()), "{name} has colours of its own");
        for part in ["<title id=\"title\">", "<desc id=\"desc\">", "aria-labelledby=\"title desc\""] {
            assert!(drawing.contains(part), "{name} has no {part}");
        }
        assert!(!drawing.contains("href"), "{name} loads something");
        let shown = shown(&format!("figures/architectures/{name}"));
        assert!(matches!(&shown[..], [(_, said)] if said.len() > 20), "{name} is shown by {shown:?}");
    }
}
