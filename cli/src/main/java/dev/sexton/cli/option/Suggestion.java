package dev.sexton.cli.option;

import java.util.Collection;

/// Guesses the intended word for an unknown one.
public final class Suggestion {
  /// Two typing errors, or one that swaps two letters.
  private static final int FARTHEST = 2;

  private Suggestion() {}

  /// Returns, for example, `, did you mean "list"?`; empty if no word is near.
  public static String of(String typed, Collection<String> words) {
    String nearest = "";
    int best = Math.min(FARTHEST, typed.length() - 1) + 1;
    for (String word : words) {
      int distance = distance(typed, word);
      if (distance < best) {
        best = distance;
        nearest = word;
      }
    }
    return nearest.isEmpty() ? "" : ", did you mean \"" + nearest + "\"?";
  }

  /// Returns how many letters have to be added, removed or replaced.
  private static int distance(String left, String right) {
    if (Math.abs(left.length() - right.length()) > FARTHEST) {
      return Integer.MAX_VALUE;
    }
    int[] before = new int[right.length() + 1];
    for (int j = 0; j < before.length; j++) {
      before[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] row = new int[before.length];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = before[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(before[j], row[j - 1]) + 1);
      }
      before = row;
    }
    return before[right.length()];
  }
}
