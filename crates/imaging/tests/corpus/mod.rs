pub struct File {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub expectation: serde_json::Value,
}
pub fn files() -> Vec<File> {
    Vec::new()
}
