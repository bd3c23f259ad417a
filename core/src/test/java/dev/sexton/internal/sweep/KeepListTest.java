package dev.sexton.internal.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sexton.internal.process.ProgramInfo;
import dev.sexton.internal.record.KeepPattern;
import dev.sexton.internal.sweep.KeepRow.Condition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tests the default list row by row, and the patterns that change it.
class KeepListTest {
  /// A program and the expected result.
  ///
  /// @param reason why it is kept; null if it is not kept
  record Case(ProgramInfo program, @Nullable String reason) {
    @Override
    public String toString() {
      return program.executable() + " " + program.arguments() + " " + program.title();
    }
  }

  private static final String BROWSER = "a browser that is not under automation";
  private static final String EDITOR = "an editor or IDE";
  private static final String MULTIPLEXER = "a terminal multiplexer";
  private static final String KEYS = "an agent that holds keys";
  private static final String BUILD = "a shared build daemon";
  private static final String DEVELOPER = "a shared developer daemon";
  private static final String MANAGER = "a process manager that all commands of a user share";
  private static final String SHARED = "a server that all clients of a user share";

  /// Programs that Playwright, Puppeteer and Selenium's drivers start, with only the relevant
  /// options.
  private static final String PLAYWRIGHT = "/home/u/.cache/ms-playwright/";

  private static Case kept(String reason, String executable, String... arguments) {
    return new Case(new ProgramInfo(executable, List.of(arguments), ""), reason);
  }

  private static Case notKept(String executable, String... arguments) {
    return new Case(new ProgramInfo(executable, List.of(arguments), ""), null);
  }

  private static Case titled(@Nullable String reason, String program, String title) {
    return new Case(
        new ProgramInfo("/usr/bin/" + program, List.of(program, "new", "-d"), title), reason);
  }

  static Stream<Case> cases() {
    return Stream.of(
            browsers(),
            automated(),
            helpers(),
            editors(),
            desktop(),
            multiplexers(),
            keys(),
            daemons(),
            servers())
        .flatMap(List::stream);
  }

  private static List<Case> browsers() {
    return List.of(
        kept(BROWSER + " (firefox)", "/usr/lib/firefox/firefox", "firefox", "http://127.0.0.1:9/"),
        kept(BROWSER + " (firefox)", "/usr/lib/firefox/firefox (deleted)", "firefox"),
        kept(BROWSER + " (firefox-esr)", "/usr/lib/firefox-esr/firefox-esr", "/x", "-P", "work"),
        kept(BROWSER + " (firefox)", "/snap/firefox/1/usr/lib/firefox/firefox", "/snap/firefox"),
        kept(BROWSER + " (chrome)", "/opt/google/chrome/chrome", "/opt/google/chrome/chrome"),
        kept(
            BROWSER + " (chrome)",
            "/opt/google/chrome/chrome",
            "/opt/google/chrome/chrome",
            "--profile-directory=Default",
            "--app-id=abc",
            "https://example.org/--headless"),
        kept(BROWSER + " (msedge)", "/opt/microsoft/msedge/msedge", "/opt/microsoft/msedge/msedge"),
        kept(BROWSER + " (brave)", "/opt/brave.com/brave/brave", "/opt/brave.com/brave/brave"),
        kept(BROWSER + " (vivaldi-bin)", "/opt/vivaldi/vivaldi-bin", "vivaldi-stable"),
        kept(BROWSER + " (epiphany)", "/usr/bin/epiphany", "epiphany", "http://127.0.0.1:9/"),
        kept(BROWSER + " (firefox)", "/nix/store/x/bin/.firefox-wrapped", "firefox"),
        kept(BROWSER + " (firefox)", "C:\\Program Files\\Mozilla Firefox\\firefox.exe", "firefox"),
        kept(BROWSER + " (python3.12)", "/usr/bin/python3.12", "python3", "/usr/bin/qutebrowser"),
        kept(BROWSER + " (Google Chrome)", "/Applications/Google Chrome.app/MacOS/Google Chrome"),
        kept(
            "the sandbox of a program on this list (bwrap)",
            "/usr/bin/bwrap",
            "/usr/bin/bwrap",
            "--args",
            "42",
            "--",
            "firefox",
            "http://127.0.0.1:9/"),
        kept(
            "the sandbox of a program on this list (bwrap)",
            "/usr/bin/bwrap",
            "bwrap",
            "--args",
            "42",
            "/app/extra/chrome"),
        kept(
            "the sandbox of a program on this list (firejail)",
            "/usr/bin/firejail",
            "firejail",
            "--private",
            "firefox"),
        notKept("/usr/bin/bwrap", "bwrap", "--args", "42", "--", "firefox", "--headless"),
        notKept("/usr/bin/bwrap", "bwrap", "--ro-bind", "/usr/bin/firefox", "/x", "--", "server"),
        notKept("/usr/bin/bwrap"),
        kept(
            "a crash handler, which ends with its program (chrome_crashpad_handler)",
            "/opt/google/chrome/chrome_crashpad_handler",
            "/opt/google/chrome/chrome_crashpad_handler",
            "--monitor-self"),
        kept(
            "the file system of an AppImage, which ends with its program (Cursor-1.2.AppImage)",
            "/home/u/Cursor-1.2.AppImage",
            "./Cursor-1.2.AppImage"));
  }

  private static List<Case> automated() {
    List<Case> cases = new ArrayList<>();
    for (List<String> options :
        List.of(
            // Playwright and Puppeteer, with a pipe or a port, with or without a window.
            List.of("--remote-debugging-pipe", "--no-startup-window"),
            List.of("--remote-debugging-port=0", "about:blank"),
            List.of("--user-data-dir=/tmp/x", "--remote-debugging-port", "9222"),
            List.of("--headless"),
            List.of("--headless=new"),
            List.of("-headless"),
            // Karma, and chromedriver when its debugging port was removed.
            List.of("--user-data-dir=/tmp/karma", "--enable-automation", "--no-first-run"),
            List.of("--no-first-run", "--test-type=webdriver"),
            List.of("--dom-automation"),
            List.of("--screenshot=/tmp/x.png", "http://localhost"),
            List.of("--dump-dom", "http://localhost"),
            List.of("--print-to-pdf=/tmp/x.pdf", "http://localhost"),
            List.of("--repl"),
            // geckodriver, Playwright, Karma and web-ext with Firefox.
            List.of("--marionette", "-no-remote", "-profile", "/tmp/rust_mozprofile"),
            List.of("-marionette", "-foreground"),
            List.of("--remote-allow-hosts", "localhost"),
            List.of("-no-remote", "-profile", "/tmp/x", "-juggler-pipe", "-silent"),
            List.of("-juggler", "0"),
            List.of("-start-debugger-server", "6000"),
            // WebKit's drivers.
            List.of("--inspector-pipe"),
            List.of("--automation"),
            List.of("--automation-mode"),
            // A test of an editor extension.
            List.of("--extensionTestsPath=/src/test"))) {
      List<String> arguments = new ArrayList<>(List.of("browser"));
      arguments.addAll(options);
      for (String executable :
          List.of(PLAYWRIGHT + "chrome", "/usr/lib/firefox/firefox", "/usr/bin/epiphany")) {
        cases.add(new Case(new ProgramInfo(executable, arguments, ""), null));
      }
    }
    cases.add(notKept(PLAYWRIGHT + "chrome-headless-shell-linux64/chrome-headless-shell", "x"));
    cases.add(notKept(PLAYWRIGHT + "chrome-linux/headless_shell", "x"));
    cases.add(notKept(PLAYWRIGHT + "webkit/minibrowser-gtk/MiniBrowser", "x", "--inspector-pipe"));
    cases.add(notKept("/usr/bin/chromedriver", "chromedriver", "--port=4444"));
    cases.add(notKept("/usr/bin/geckodriver", "geckodriver", "--port", "4444"));
    cases.add(notKept("/usr/share/code/code", "code", "--remote-debugging-port=0"));
    return cases;
  }

  private static List<Case> helpers() {
    return List.of(
        notKept("/opt/google/chrome/chrome", "/opt/google/chrome/chrome", "--type=zygote"),
        // Chromium overwrites the command line of its helpers with a title.
        notKept("/opt/google/chrome/chrome", "/opt/google/chrome/chrome --type=renderer --x=1", ""),
        notKept("/usr/lib/firefox/firefox", "/usr/lib/firefox/firefox", "-contentproc", "{1}"),
        notKept("/usr/share/code/code", "/usr/share/code/code", "--type=utility"));
  }

  private static List<Case> editors() {
    return List.of(
        kept(EDITOR + " (code)", "/usr/share/code/code", "/usr/share/code/code", "--wait", "x"),
        kept(EDITOR + " (cursor)", "/opt/cursor/cursor", "/opt/cursor/cursor", "/x/server.js"),
        kept(EDITOR + " (idea)", "/opt/idea/bin/idea", "/opt/idea/bin/idea", "/src"),
        kept(EDITOR + " (java)", "/opt/idea/jbr/bin/java", "java", "com.intellij.idea.Main"),
        kept(EDITOR + " (emacs-gtk)", "/usr/bin/emacs-gtk", "emacs", "--daemon"),
        kept(EDITOR + " (emacs)", "/usr/bin/emacs", "emacs", "notes.org"),
        kept(EDITOR + " (emacs)", "/usr/bin/emacs"),
        notKept("/usr/bin/emacs", "emacs", "--batch", "-l", "x.el"),
        notKept("/usr/bin/emacs", "emacs", "--script", "server.el"),
        notKept("/usr/bin/emacsclient", "emacsclient", "-n", "x"),
        kept(EDITOR + " (vim.gtk3)", "/usr/bin/vim.gtk3", "/usr/bin/gvim", "x"),
        notKept("/usr/bin/vim.gtk3", "vim", "x"));
  }

  private static List<Case> desktop() {
    return List.of(
        kept("a mail program (thunderbird)", "/usr/lib/thunderbird/thunderbird", "thunderbird"),
        kept("a program for calls and messages (slack)", "/usr/lib/slack/slack", "slack"),
        kept(
            "an installed program that runs on Electron (electron)",
            "/usr/lib/electron34/electron",
            "/usr/lib/electron34/electron",
            "/usr/lib/code/out/cli.js"),
        notKept("/usr/lib/electron34/electron", "/usr/lib/electron34/electron", "."),
        notKept("/usr/lib/electron34/electron", "/usr/lib/electron34/electron", "--type=zygote"),
        kept("a file manager (nautilus)", "/usr/bin/nautilus", "nautilus", "/tmp"),
        kept("a viewer (evince)", "/usr/bin/evince", "evince", "x.pdf"),
        kept("a viewer (mpv)", "/usr/bin/mpv", "mpv", "--player-operation-mode=pseudo-gui", "x"),
        notKept("/usr/bin/mpv", "mpv", "--no-video", "x.ogg"),
        kept("an office program (soffice.bin)", "/opt/lo/program/soffice.bin", "x", "--writer"),
        notKept("/opt/lo/program/soffice.bin", "x", "--headless", "--convert-to", "pdf", "x.odt"),
        notKept("/opt/lo/program/soffice.bin", "x", "--accept=socket,host=localhost;urp"),
        kept("a terminal (gnome-terminal-server)", "/usr/libexec/gnome-terminal-server", "x"),
        kept("a terminal (python3)", "/usr/bin/python3", "python3", "/usr/bin/terminator"),
        kept(
            "a service of the desktop session (dbus-daemon)",
            "/usr/bin/dbus-daemon",
            "/usr/bin/dbus-daemon",
            "--syslog-only",
            "--fork"),
        kept("a service of the desktop session (gvfsd-trash)", "/usr/libexec/gvfsd-trash", "x"),
        kept("a sound server (pulseaudio)", "/usr/bin/pulseaudio", "pulseaudio", "--start"),
        kept("a sound server (pipewire-pulse)", "/usr/bin/pipewire-pulse", "x"));
  }

  private static List<Case> multiplexers() {
    return List.of(
        titled(MULTIPLEXER + " (tmux)", "tmux", "tmux: server"),
        titled(null, "tmux", "tmux: client"),
        titled(MULTIPLEXER + " (tmux)", "tmux", "tmux"),
        titled(MULTIPLEXER + " (tmux)", "tmux", ""),
        kept(MULTIPLEXER + " (screen)", "/usr/bin/screen", "SCREEN", "-dmS", "x", "sh"),
        kept(MULTIPLEXER + " (screen-4.9.1)", "/usr/bin/screen-4.9.1", "/usr/bin/SCREEN", "-dm"),
        kept(MULTIPLEXER + " (screen)", "/usr/bin/screen"),
        notKept("/usr/bin/screen", "screen", "-r", "x"),
        kept(MULTIPLEXER + " (zellij)", "/usr/bin/zellij", "zellij", "--server", "/run/x"),
        kept(MULTIPLEXER + " (zellij)", "/usr/bin/zellij"),
        notKept("/usr/bin/zellij", "zellij", "attach", "x"),
        kept(MULTIPLEXER + " (dtach)", "/usr/bin/dtach", "dtach", "-n", "/tmp/s", "sh"),
        notKept("/usr/bin/dtach", "dtach", "-a", "/tmp/s"),
        kept(MULTIPLEXER + " (shpool)", "/usr/bin/shpool", "shpool", "daemon"),
        notKept("/usr/bin/shpool", "shpool", "attach", "x"),
        kept(
            "a login of a user from elsewhere (mosh-server)",
            "/usr/bin/mosh-server",
            "mosh-server",
            "new"),
        notKept("/usr/bin/mosh-client", "mosh-client", "x"),
        kept(
            "a connection that other SSH commands share (ssh)",
            "/usr/bin/ssh",
            "ssh: /home/u/.ssh/control-x [mux]",
            "",
            ""),
        notKept("/usr/bin/ssh", "ssh", "-N", "-L", "8080:localhost:80", "host"));
  }

  private static List<Case> keys() {
    return List.of(
        kept(KEYS + " (gpg-agent)", "/usr/bin/gpg-agent", "gpg-agent", "--daemon"),
        // gpg-agent lets no other process read its executable.
        kept(KEYS + " (gpg-agent)", "", "gpg-agent", "--homedir", "/home/u/.gnupg", "--daemon"),
        kept(KEYS + " (ssh-agent)", "", "/usr/bin/ssh-agent", "-s"),
        kept(KEYS + " (ssh-agent)", "", "-ssh-agent"),
        new Case(new ProgramInfo("", List.of(), "gnome-keyring-d"), KEYS + " (gnome-keyring-d)"),
        // If a program's executable can be read, the name the program gives itself proves nothing.
        notKept("/srv/server", "gpg-agent", "--daemon"),
        kept(KEYS + " (pinentry-gnome3)", "/usr/bin/pinentry-gnome3", "pinentry"),
        kept(KEYS + " (git)", "/usr/lib/git-core/git", "git", "credential-cache--daemon", "/x"),
        notKept("/usr/bin/git", "git", "fetch"),
        kept(KEYS + " (op)", "/usr/bin/op", "op", "daemon", "--timeout"),
        notKept("/usr/bin/op", "op", "read", "op://x"),
        new Case(new ProgramInfo("", List.of(), ""), null));
  }

  private static List<Case> daemons() {
    return List.of(
        kept(
            SHARED + " (adb)",
            "/opt/sdk/platform-tools/adb",
            "adb",
            "-L",
            "tcp:5037",
            "fork-server",
            "server",
            "--reply-fd",
            "4"),
        notKept("/opt/sdk/platform-tools/adb", "adb", "shell", "logcat"),
        kept(SHARED + " (aardvark-dns)", "/usr/lib/podman/aardvark-dns", "x", "run"),
        kept(SHARED + " (catatonit)", "/usr/bin/catatonit", "catatonit", "-P"),
        notKept("/usr/bin/catatonit", "catatonit", "--", "server"),
        kept(DEVELOPER + " (watchman)", "/usr/bin/watchman", "watchman", "--foreground"),
        kept(DEVELOPER + " (git)", "/usr/bin/git", "git", "fsmonitor--daemon", "run"),
        kept(DEVELOPER + " (biome)", "/x/biome", "biome", "__run_server"),
        notKept("/x/biome", "biome", "lsp-proxy"),
        kept(DEVELOPER + " (node)", "/usr/bin/node", "node", "/x/nx/src/daemon/server/start.js"),
        notKept("/usr/bin/node", "node", "/x/server.js"),
        kept(DEVELOPER + " (ruby3.2)", "/usr/bin/ruby3.2", "spring server | app | started 1 min"),
        notKept("/usr/bin/ruby3.2", "ruby", "server.rb"),
        kept(
            DEVELOPER + " (gopls)",
            "/x/gopls",
            "gopls",
            "serve",
            "-listen",
            "unix;/tmp/gopls",
            "-listen.timeout",
            "1m0s"),
        notKept("/x/gopls", "gopls"),
        kept(DEVELOPER + " (mutagen)", "/x/mutagen", "mutagen", "daemon", "run"),
        notKept("/x/mutagen", "mutagen", "sync", "monitor"),
        kept(DEVELOPER + " (limactl)", "/x/limactl", "limactl", "hostagent", "--pidfile", "x"),
        notKept("/x/limactl", "limactl", "shell", "x"),
        kept(MANAGER + " (pueued)", "/usr/bin/pueued", "pueued", "-d"),
        kept(MANAGER + " (node)", "/usr/bin/node", "PM2 v5.3.0: God Daemon (/home/u/.pm2)", ""),
        kept(BUILD + " (sccache)", "/usr/bin/sccache", "/usr/bin/sccache"),
        notKept("/usr/bin/sccache", "sccache", "rustc", "x.rs"),
        kept(BUILD + " (turbo)", "/x/turbo", "turbo", "--skip-infer", "daemon"),
        notKept("/x/turbo", "turbo", "run", "dev"),
        kept(BUILD + " (buck2)", "/x/buck2", "buck2d[src]", "--isolation-dir", "v2", "daemon"),
        notKept("/x/buck2", "buck2", "build", "//:x"),
        kept(BUILD + " (VBCSCompiler)", "/usr/lib/dotnet/VBCSCompiler", "x"),
        kept(
            BUILD + " (java)",
            "/usr/lib/jvm/bin/java",
            "java",
            "-Xmx512m",
            "-cp",
            "/x/gradle-daemon-main-9.0.jar",
            "org.gradle.launcher.daemon.bootstrap.GradleDaemon",
            "9.0"),
        kept(BUILD + " (java)", "/x/java", "bazel(ws)", "-jar", "/x/A-server.jar"),
        notKept("/usr/lib/jvm/bin/java", "java", "-jar", "server.jar"),
        kept(BUILD + " (dotnet)", "/x/dotnet", "dotnet", "MSBuild.dll", "/nodeReuse:true"),
        notKept("/x/dotnet", "dotnet", "server.dll"),
        kept(BUILD + " (python3.12)", "/usr/bin/python3.12", "pantsd [src]"));
  }

  /// Programs that belong to a session, even if they resemble programs that do not.
  private static List<Case> servers() {
    return List.of(
        notKept("/usr/bin/python3.12", "python3", "server.py", "--headless"),
        notKept("/usr/bin/bash", "bash", "/usr/bin/firefox"),
        notKept("/usr/bin/bash", "firefox"),
        // An interpreter whose command line cannot be read, for example while it starts.
        notKept("/usr/bin/python3.12"),
        notKept("/usr/bin/node"),
        notKept("/usr/lib/jvm/bin/java"),
        notKept("/usr/bin/git"),
        notKept("/usr/bin/Xvfb", "Xvfb", ":99"),
        notKept("/usr/bin/redis-server", "redis-server *:6379"),
        notKept("/home/u/firefox-server", "firefox-server"),
        notKept("/home/u/firefox/server", "server"),
        notKept("/home/u/server (deleted)", "server"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void saysWhatTheCaseSays(Case row) {
    assertThat(KeepList.defaults().reason(row.program())).isEqualTo(row.reason());
  }

  static IntStream rows() {
    return IntStream.range(0, KeepDefaults.TABLE.size());
  }

  @ParameterizedTest
  @MethodSource("rows")
  void anyRowIsMissed(int n) {
    List<KeepRow> rows = new ArrayList<>(KeepDefaults.TABLE);
    rows.remove(n);
    assertIsNoticed(new KeepList(rows, KeepDefaults.AUTOMATION, KeepDefaults.HELPER, List.of()));
  }

  @ParameterizedTest
  @EnumSource(value = Condition.class, mode = EnumSource.Mode.EXCLUDE, names = "NAME")
  void anyConditionIsMissed(Condition condition) {
    List<KeepRow> rows =
        KeepDefaults.TABLE.stream()
            .map(row -> row.condition() == condition ? unconditional(row) : row)
            .toList();
    assertIsNoticed(new KeepList(rows, KeepDefaults.AUTOMATION, KeepDefaults.HELPER, List.of()));
  }

  private static KeepRow unconditional(KeepRow row) {
    return new KeepRow(row.kind(), Condition.NAME, row.names());
  }

  static IntStream conditionalRows() {
    return rows().filter(n -> KeepDefaults.TABLE.get(n).condition() != Condition.NAME);
  }

  @ParameterizedTest
  @MethodSource("conditionalRows")
  void theConditionOfAnyRowIsMissed(int n) {
    KeepRow row = KeepDefaults.TABLE.get(n);
    List<KeepRow> rows = new ArrayList<>(KeepDefaults.TABLE);
    rows.set(n, unconditional(row));
    KeepList mutant = new KeepList(rows, KeepDefaults.AUTOMATION, KeepDefaults.HELPER, List.of());
    if (row.condition() == Condition.NOT_AUTOMATED) {
      String first = row.names().getFirst();
      ProgramInfo automated =
          new ProgramInfo("/x/" + first, List.of(first, "--remote-debugging-port=0"), "");
      assertThat(KeepList.defaults().reason(automated)).isNull();
      assertThat(mutant.reason(automated)).isNotNull();
    } else {
      assertIsNoticed(mutant);
    }
  }

  static Stream<String> automation() {
    return KeepDefaults.AUTOMATION.stream();
  }

  @ParameterizedTest
  @MethodSource("automation")
  void anyOptionOfAutomationIsMissed(String option) {
    assertIsNoticed(defaultTable(without(KeepDefaults.AUTOMATION, option), KeepDefaults.HELPER));
  }

  static Stream<String> helper() {
    return KeepDefaults.HELPER.stream();
  }

  @ParameterizedTest
  @MethodSource("helper")
  void anyOptionOfHelpersIsMissed(String option) {
    assertIsNoticed(defaultTable(KeepDefaults.AUTOMATION, without(KeepDefaults.HELPER, option)));
  }

  /// Returns the table of defaults with these options of automation and of helpers.
  private static KeepList defaultTable(List<String> automation, List<String> helper) {
    return new KeepList(KeepDefaults.TABLE, automation, helper, List.of());
  }

  private static List<String> without(List<String> all, String one) {
    return all.stream().filter(each -> !each.equals(one)).toList();
  }

  private static void assertIsNoticed(KeepList mutant) {
    assertThat(cases())
        .as("a case that notices the change")
        .anyMatch(row -> (mutant.reason(row.program()) == null) != (row.reason() == null));
  }

  @Test
  void everyNameOfTheListIsKeptByItsKind() {
    for (KeepRow row : KeepDefaults.TABLE) {
      if (row.condition() == Condition.NAME || row.condition() == Condition.NOT_AUTOMATED) {
        for (String name : row.names()) {
          ProgramInfo program =
              new ProgramInfo("/usr/bin/" + name.replace("*", "x"), List.of(name), "");
          assertThat(KeepList.defaults().reason(program)).as(name).startsWith(row.kind());
        }
      }
    }
  }

  @Test
  void noNameStandsTwiceAndAllAreInLowerCase() {
    List<String> names =
        KeepDefaults.TABLE.stream()
            .filter(row -> row.condition() != Condition.SEEN_ARGUMENT)
            .flatMap(row -> row.names().stream())
            .toList();
    assertThat(names).doesNotHaveDuplicates().allMatch(name -> name.equals(lower(name)));
  }

  private static String lower(String name) {
    return name.toLowerCase(java.util.Locale.ROOT);
  }

  private static ProgramInfo program(String executable, String... arguments) {
    return new ProgramInfo(executable, List.of(arguments), "");
  }

  @ParameterizedTest
  @CsvSource({
    "my-server, /opt/my-server, x",
    "my-*, /opt/my-server, x",
    "m?-server, /opt/my-server, x",
    "/opt/*, /opt/deep/my-server, x",
    "/opt/my-server, /opt/my-server (deleted), x",
    "called, /opt/my-server, /usr/bin/called",
    "/usr/bin/called, /opt/my-server, /usr/bin/called",
    "server.py, /usr/bin/python3.12, python3 -u server.py",
    "server.py, /usr/bin/python3.12, python3 -X dev /srv/server.py --port 1",
    "mymodule, /usr/bin/python3.12, python3 -m mymodule",
    "app.jar, /usr/bin/java, java -Xmx1g -cp lib -jar /srv/app.jar",
    "org.example.Main, /usr/bin/java, java -cp a.jar org.example.Main",
    "server.js, /usr/bin/node, node --require tsx /srv/server.js",
    "run.sh, /usr/bin/dash, sh /srv/run.sh",
    "run.sh, /usr/bin/bash, bash -- run.sh",
    "*, /opt/anything, x",
    "chrome, /opt/google/chrome/chrome, chrome --headless --remote-debugging-port=0"
  })
  void patternsKeep(String pattern, String executable, String arguments) {
    assertThat(reasonWith(pattern, executable, arguments))
        .isEqualTo("on the list of programs to keep (" + pattern + ")");
  }

  @ParameterizedTest
  @CsvSource({
    "my-server, /opt/my-server2, x",
    "MY-SERVER, /opt/my-server, x",
    "server.py, /usr/bin/python3.12, python3 other.py server.py",
    "server.py, /opt/my-server, x server.py",
    "server.py, /usr/bin/bash, bash -c server.py",
    "opt, /opt/my-server, x",
    "/opt/my, /opt/my-server, x"
  })
  void patternsKeepNothingElse(String pattern, String executable, String arguments) {
    assertThat(reasonWith(pattern, executable, arguments)).isNull();
  }

  /// Returns why the defaults with this pattern keep a program, or null if they do not.
  private static @Nullable String reasonWith(String pattern, String executable, String arguments) {
    ProgramInfo program = new ProgramInfo(executable, List.of(arguments.split(" ", -1)), "");
    return KeepList.defaults().with(List.of(pattern)).reason(program);
  }

  @Test
  void theLastPatternThatMatchesDecides() {
    ProgramInfo firefox = program("/usr/lib/firefox/firefox", "firefox");
    ProgramInfo chrome = program("/opt/google/chrome/chrome", "chrome");
    KeepList defaults = KeepList.defaults();

    assertThat(defaults.with(List.of("!firefox")).reason(firefox)).isNull();
    assertThat(defaults.with(List.of("!firefox")).reason(chrome)).isNotNull();
    assertThat(defaults.with(List.of("!*")).reason(chrome)).isNull();
    assertThat(defaults.with(List.of("!*", "chrome")).reason(chrome)).isNotNull();
    assertThat(defaults.with(List.of("chrome", "!c*")).reason(chrome)).isNull();
    assertThat(defaults.with(List.of("chrome")).with(List.of("!c*")).reason(chrome)).isNull();
  }

  @Test
  void whatThePersonSaysOutranksTheRecord() {
    ProgramInfo server = program("/opt/my-server", "my-server");
    KeepList person = KeepList.defaults().with(List.of("my-server"));

    assertThat(person.forInstance(List.of("!my-server")).reason(server)).isNotNull();
    assertThat(KeepList.defaults().forInstance(List.of("my-server")).reason(server)).isNotNull();
    assertThat(person.forInstance(List.of("x")).patterns()).containsExactly("x", "my-server");
    assertThat(KeepList.defaults().forInstance(List.of())).isSameAs(KeepList.defaults());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "!", "a\nb", "a\0", "\u001b[2J"})
  void whatIsNoPatternIsRefused(String pattern) {
    assertThatThrownBy(() -> KeepList.defaults().with(List.of("x", pattern)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a keep pattern")
        .hasMessageContaining(": ");
  }

  @Test
  void patternsAreBounded() {
    assertThat(KeepPattern.defect("x".repeat(KeepPattern.MAX_LENGTH))).isNull();
    assertThat(KeepPattern.defect("x".repeat(KeepPattern.MAX_LENGTH + 1)))
        .isEqualTo("a keep pattern has 201 characters: use at most 200");
  }

  @Test
  void aHostilePatternEndsSoon() {
    String stars = "*a".repeat(100);
    char[] text = new char[4096];
    Arrays.fill(text, 'a');
    text[4095] = 'b';
    assertThat(KeepPattern.matches(stars, new String(text))).isFalse();
  }
}
