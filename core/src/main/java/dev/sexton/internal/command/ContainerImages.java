package dev.sexton.internal.command;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the image in the arguments of `docker run`.
final class ContainerImages {
  /// Options of `docker run` that take no value. All others take one.
  private static final Set<String> FLAGS =
      Set.of(
          "--detach",
          "--interactive",
          "--tty",
          "--rm",
          "--init",
          "--privileged",
          "--publish-all",
          "--read-only",
          "--no-healthcheck",
          "--oom-kill-disable",
          "--sig-proxy",
          "--quiet",
          "--disable-content-trust",
          "--replace",
          "--rmi",
          "--no-hosts",
          "--env-host");

  private static final String FLAG_LETTERS = "ditPq";

  private ContainerImages() {}

  /// Returns the image without its registry, tag and digest; null if there is none.
  ///
  /// @param words the words after `docker run`
  static @Nullable String nameOf(List<String> words) {
    int at = 0;
    while (at < words.size() && words.get(at).startsWith("-")) {
      String option = words.get(at++);
      boolean flag =
          FLAGS.contains(option)
              || (!option.startsWith("--")
                  && option.chars().skip(1).allMatch(c -> FLAG_LETTERS.indexOf(c) >= 0));
      boolean whole = option.startsWith("--") ? option.contains("=") : option.length() > 2;
      if (!flag && !whole) {
        at++;
      }
    }
    if (at >= words.size()) {
      return null;
    }
    String image = words.get(at).replaceFirst("@sha256:.*", "");
    int slash = image.indexOf('/');
    String host = slash < 0 ? "" : image.substring(0, slash);
    if (host.contains(".") || host.contains(":") || host.equals("localhost")) {
      image = image.substring(slash + 1);
    }
    int tag = image.indexOf(':');
    return tag < 0 ? image : image.substring(0, tag);
  }
}
