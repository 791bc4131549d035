//! Names of files for people and machines. File systems allow names that are no text, and some that would command a
//! terminal.

use std::borrow::Cow;
use std::fmt::Write;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// All but the characters that RFC 3986 calls unreserved, and the slash.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A path for people: control characters, and bytes that are no text, as `\x1b`.
pub(crate) fn shown(path: &Path) -> String {
    let mut shown = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        shown += &printable(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string does not fail.
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// A path as a field of text: itself, or, if it is no text, as it is shown.
pub(crate) fn field(path: &Path) -> Cow<'_, str> {
    path.to_str().map_or_else(|| shown(path).into(), Cow::Borrowed)
}

/// A path as JSON can have it, with U+FFFD for what is no text; then [`bytes`] has all of it.
pub(crate) fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The percent-encoded bytes of a path that is no text.
pub(crate) fn bytes(path: &Path) -> Option<String> {
    let is_text = path.to_str().is_some();
    (!is_text).then(|| percent_encode(path.as_os_str().as_encoded_bytes(), ENCODED).to_string())
}

/// Text that does nothing to a terminal but fill lines: of control characters only line breaks and tabs stay.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_command) {
        return text.into();
    }
    let mut printable = String::new();
    for character in text.chars() {
        let code = u32::from(character);
        let _ = match character {
            _ if !is_command(character) => write!(printable, "{character}"),
            '\0'..='\u{ff}' => write!(printable, "\\x{code:02x}"),
            _ => write!(printable, "\\u{{{code:x}}}"),
        };
    }
    printable.into()
}

/// Control characters, and those that turn the direction of text.
fn is_command(character: char) -> bool {
    let turns =
        matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (character.is_control() && !matches!(character, '\n' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_a_terminal_is_escaped() {
        assert_eq!(printable("Größe 5\n\tx"), "Größe 5\n\tx");
        assert_eq!(printable("a\x1b[31mb\r\u{9b}\u{202e}"), r"a\x1b[31mb\x0d\x9b\u{202e}");
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_text_keep_their_bytes() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(OsStr::from_bytes(b"a b/caf\xe9%.png"));
        assert_eq!(shown(path), r"a b/caf\xe9%.png");
        assert_eq!(field(path), r"a b/caf\xe9%.png");
        assert_eq!(text(path), "a b/caf\u{fffd}%.png");
        assert_eq!(bytes(path).as_deref(), Some("a%20b/caf%E9%25.png"));
        assert_eq!(bytes(Path::new("é.png")), None);
    }
}
