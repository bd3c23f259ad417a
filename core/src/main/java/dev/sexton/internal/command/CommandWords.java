package dev.sexton.internal.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Helper methods for the words of a command line.
final class CommandWords {
  private CommandWords() {}

  /// Returns the name of a program or file without its directory.
  static String baseName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// Returns the words after the options. An option that itself says what to run ends the options.
  static List<String> afterOptions(List<String> words, Set<String> withValue) {
    int at = 0;
    while (at < words.size() && words.get(at).startsWith("-")) {
      String option = words.get(at);
      if (option.equals("--")) {
        return words.subList(at + 1, words.size());
      }
      if (Set.of("-m", "--module", "-jar", "-e", "--eval", "-").contains(option)
          || (option.equals("-c") && !withValue.contains(option))) {
        break;
      }
      at += withValue.contains(option) ? 2 : 1;
    }
    return words.subList(Math.min(at, words.size()), words.size());
  }

  /// Returns the words after the `NAME=value` at the start.
  static List<String> withoutVariables(List<String> words) {
    int at = 0;
    while (at < words.size() && words.get(at).matches("[A-Za-z_][A-Za-z0-9_]*=(?s:.*)")) {
      at++;
    }
    return words.subList(at, words.size());
  }

  /// Splits a text into words like a shell, without expansions.
  static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    char quote = 0;
    boolean begun = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
        begun = true;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else if (quote == 0 && Character.isWhitespace(c)) {
        if (begun) {
          words.add(word.toString());
        }
        word.setLength(0);
        begun = false;
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }
}
