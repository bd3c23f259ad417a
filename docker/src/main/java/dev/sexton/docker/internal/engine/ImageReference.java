package dev.sexton.docker.internal.engine;

import dev.sexton.docker.internal.http.Text;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an image, by the grammar that registries and engines share ({@code reference.go} of
 * distribution/reference).
 *
 * @param name with the registry, if one is named
 * @param version the digest, or else the tag; never empty, for an engine that is asked for a name
 *     alone pulls every tag there is
 */
public record ImageReference(String name, String version) {
  /** That of the grammar. */
  private static final int MAX_NAME_CHARS = 255;

  /** A name, the longest tag (128), and a digest of 512 bits in hexadecimal. */
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

  /**
   * Takes a reference apart.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ImageReference parse(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("an image has to be named, such as busybox:1.36");
    }
    Matcher matcher = GRAMMAR.matcher(text);
    // What is longer is not even tried: a pattern's effort grows with the text.
    if (text.length() > MAX_CHARS
        || !matcher.matches()
        || matcher.group("name").length() > MAX_NAME_CHARS) {
      throw new IllegalArgumentException(
          "not the name of an image: \""
              + Text.forPerson(text)
              + "\"; it has to be like [registry/]name[:tag][@digest], the name in lower case and of"
              + " at most "
              + MAX_NAME_CHARS
              + " characters");
    }
    String digest = matcher.group("digest");
    String tag = matcher.group("tag");
    String version = digest != null ? digest : tag != null ? tag : "latest";
    return new ImageReference(matcher.group("name"), version);
  }
}
