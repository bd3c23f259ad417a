package dev.sexton.kubernetes.internal.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class YamlTest {
  static Stream<Arguments> documents() {
    return Stream.of(
        Arguments.of("", "{}"),
        Arguments.of("---\n# nothing\n\n", "{}"),
        Arguments.of("{\"a\": 1}", "{\"a\":1}"),
        Arguments.of("a: b\r\nc: d\r\n", "{\"a\":\"b\",\"c\":\"d\"}"),
        Arguments.of(
            "a: true # yes\nb: 1\nc:\nd: null\ne: ~",
            "{\"a\":\"true\",\"b\":\"1\",\"c\":null,\"d\":null,\"e\":null}"),
        Arguments.of(
            "a:\n  b:\n    c: d\n  e: f\ng: h",
            "{\"a\":{\"b\":{\"c\":\"d\"},\"e\":\"f\"},\"g\":\"h\"}"),
        Arguments.of(
            "a:\n- b: c\n  d: e\n- f\nz: y",
            "{\"a\":[{\"b\":\"c\",\"d\":\"e\"},\"f\"],\"z\":\"y\"}"),
        Arguments.of(
            "a:\n  - b:\n      c: d\n    e: f\n  -\n    g: h",
            "{\"a\":[{\"b\":{\"c\":\"d\"},\"e\":\"f\"},{\"g\":\"h\"}]}"),
        Arguments.of("a:\n- - b\n  - c\n- d", "{\"a\":[[\"b\",\"c\"],\"d\"]}"),
        Arguments.of(
            "a: \"b: \\\"c\\\" # d\"\ne: 'it''s: # f' # comment",
            "{\"a\":\"b: \\\"c\\\" # d\",\"e\":\"it's: # f\"}"),
        Arguments.of("\"a b\": c\n'd': e", "{\"a b\":\"c\",\"d\":\"e\"}"),
        Arguments.of("a: {}\nb: []\nc: [\"d\", 1] # e", "{\"a\":{},\"b\":[],\"c\":[\"d\",1]}"),
        Arguments.of("server: https://[::1]:6443/a#b", "{\"server\":\"https://[::1]:6443/a#b\"}"),
        Arguments.of("a: \"\"\nb: ''", "{\"a\":\"\",\"b\":\"\"}"),
        Arguments.of("a: --token\nb: -1", "{\"a\":\"--token\",\"b\":\"-1\"}"));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void whatKubectlWritesIsRead(String yaml, String json) throws IOException {
    assertThat(Yaml.parse(yaml, "f")).isEqualTo(JsonParser.parseString(json));
  }

  static Stream<Arguments> errors() {
    return Stream.of(
        Arguments.of("a: b\n\tc: d", "f, line 2: it is indented with a tab"),
        Arguments.of("a: b\na: c", "f, line 2: the key is null, or is there twice"),
        Arguments.of("a: b\n  c: d", "f, line 2: a key with a colon is expected at column 1"),
        Arguments.of("a: b\n  and more", "f, line 2: a key with a colon is expected at column 1"),
        Arguments.of("  a: b\nc: d", "f, line 2: it is indented less than the first line"),
        Arguments.of("a:\n- b\n    c: d", "f, line 3: a dash is expected at column 1"),
        Arguments.of(
            "a:\n    b: c\n  d: e", "f, line 3: a key with a colon is expected at column 1"),
        Arguments.of("a: |\n  b", "f, line 1: a value that begins with \"|\" is not supported"),
        Arguments.of("a: &b c", "f, line 1: a value that begins with \"&\""),
        Arguments.of("a: *b", "f, line 1: a value that begins with \"*\""),
        Arguments.of("a: !!str b", "f, line 1: a value that begins with \"!\""),
        Arguments.of("? a", "f, line 1: a value that begins with \"?\""),
        Arguments.of("a: - b", "f, line 1: a value that begins with \"-\""),
        Arguments.of("a: b: c", "f, line 1: a value with a colon and a space"),
        Arguments.of("a: [b, c]", "f, line 1: braces and brackets are supported on one line"),
        Arguments.of("a: {\n  b: c }", "f, line 1: braces and brackets"),
        Arguments.of("a: \"b", "f, line 1: the quoted text does not end on this line"),
        Arguments.of("a: 'b' c", "f, line 1: there is content after the quoted text"),
        Arguments.of("a: \"\\q\"", "f, line 1: an escape in the quoted text is not supported"),
        Arguments.of("a: b\n---\nc: d", "f, line 2: only one document is supported"),
        Arguments.of("- a", "f, line 1: the file must be a map"),
        Arguments.of("a", "f, line 1: the file must be a map"),
        Arguments.of(": a", "f, line 1: the key is empty"),
        Arguments.of("a: b\n- c", "f, line 2: a key with a colon is expected"),
        Arguments.of("{\"a\": ", "f is not valid JSON"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void everythingElseIsAnErrorThatNamesTheLine(String yaml, String message) {
    assertThatThrownBy(() -> Yaml.parse(yaml, "f"))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void depthIsLimited() {
    assertThatThrownBy(() -> Yaml.parse("a:\n" + " ".repeat(1) + "- ".repeat(100_000) + "x", "f"))
        .hasMessage("f, line 2: it is nested too deeply");
  }
}
