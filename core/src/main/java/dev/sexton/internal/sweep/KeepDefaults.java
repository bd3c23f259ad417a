package dev.sexton.internal.sweep;

import java.util.ArrayList;
import java.util.List;

/// The default list of programs that a sweep keeps, as data: all rows of [GraphicalPrograms],
/// [LoginSessionPrograms] and [SharedDaemons]. `docs/keep.md` shows the same list.
///
/// Names are those of executables, in lower case and without a path. In names and arguments, `*`
/// stands for any characters.
final class KeepDefaults {
  /// All rows. A program matches at most one row that keeps it. The order does not matter.
  static final List<KeepRow> TABLE = table();

  /// Options by which another program drives a program, without their dashes, because Firefox
  /// accepts one dash or two. Selenium's drivers, Playwright, Puppeteer, Cypress, Karma and web-ext
  /// each pass at least one of them.
  static final List<String> AUTOMATION =
      List.of(
          "remote-debugging-*",
          "remote-allow-*",
          "headless",
          "headless=*",
          "enable-automation*",
          "test-type=webdriver",
          "marionette*",
          "juggler*",
          "inspector-pipe",
          "automation",
          "automation-mode",
          "dom-automation",
          "start-debugger-server*",
          "screenshot*",
          "dump-dom",
          "print-to-pdf*",
          "repl",
          "extensionTestsPath=*");

  /// Options, without their dashes, that distinguish a browser's other processes from its first
  /// one. Those are kept as descendants of the first one, and only if it is kept.
  static final List<String> HELPER = List.of("type=*", "contentproc");

  private KeepDefaults() {}

  private static List<KeepRow> table() {
    List<KeepRow> rows = new ArrayList<>(GraphicalPrograms.ROWS);
    rows.addAll(LoginSessionPrograms.ROWS);
    rows.addAll(SharedDaemons.ROWS);
    return List.copyOf(rows);
  }
}
