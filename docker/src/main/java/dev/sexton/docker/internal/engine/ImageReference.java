package dev.sexton.docker.internal.engine;

import dev.sexton.internal.http.Text;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of an image, in the grammar that registries and engines share (`reference.go` of
/// distribution/reference).
///
/// @param name the name, with the registry if there is one
/// @param version the digest, or else the tag; never empty, because for a name alone an engine
///   pulls every tag
public record ImageReference(String name, String version) {
  /// The limit of the grammar.
  private static final int MAX_NAME_CHARS = 255;

  /// A name, the longest tag (128), and a digest of 512 bits in hexadecimal.
  private static final int MAX_CHARS = 600;

  private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
  private static final String HOST =
      "(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?";
  private static final String PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
  private static final Pattern GRAMMAR =
      Pattern.compile(
          "(?<name>(?:"
              + HOST
              + "/)?"
              + PART
              + "(?:/"
              + PART
              + ")*)"
              + "(?::(?<tag>\\w[\\w.-]{0,127}))?"
              + "(?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*"
              + ":[0-9a-fA-F]{32,}))?");

  /// Parses a reference.
  ///
  /// @throws IllegalArgumentException if it is invalid
  public static ImageReference parse(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("an image must be named, such as busybox:1.36");
    }
    Matcher matcher = GRAMMAR.matcher(text);
    // A longer text is not even tried, because the cost of a pattern grows with the text.
    if (text.length() > MAX_CHARS
        || !matcher.matches()
        || matcher.group("name").length() > MAX_NAME_CHARS) {
      throw new IllegalArgumentException(
          "not an image name: \""
              + Text.forPerson(text)
              + "\"; it must be like [registry/]name[:tag][@digest], with the name in lower case"
              + " and at most "
              + MAX_NAME_CHARS
              + " characters");
    }
    String digest = matcher.group("digest");
    String tag = matcher.group("tag");
    String version = digest != null ? digest : tag != null ? tag : "latest";
    return new ImageReference(matcher.group("name"), version);
  }
}
