package dev.sexton.internal.sweep;

import java.util.List;

/// The default list of programs that a sweep keeps, as data. `docs/keep.md` shows the same list.
///
/// Names are those of executables, in lower case and without a path. In names and arguments, `*`
/// stands for any characters.
final class KeepDefaults {
  /// The condition in addition to the name.
  enum Condition {
    /// No further condition.
    NAME,
    /// The program is not under automation, and is not a helper process.
    NOT_AUTOMATED,
    /// The program is not a client of a server with the same executable. tmux shows which one it
    /// is.
    NOT_CLIENT_TITLE,
    /// The program calls itself SCREEN. The client calls itself screen.
    UPPER_CASE,
    /// The command line has one of the row's arguments, or cannot be read.
    WITH_ARGUMENT,
    /// The command line is readable and has one of the row's arguments. Otherwise the program, an
    /// interpreter or a tool for many purposes, most likely belongs to the instance.
    SEEN_ARGUMENT,
    /// The command line has none of the row's arguments.
    WITHOUT_ARGUMENT,
    /// The program in the sandbox is on the list.
    SANDBOX
  }

  /// One row of the list.
  ///
  /// @param kind the kind of program, for a person
  /// @param condition the condition in addition to the name
  /// @param names names of executables
  /// @param arguments the arguments that the condition is about; an empty one stands for no
  ///   arguments at all
  record Row(String kind, Condition condition, List<String> names, List<String> arguments) {
    Row(String kind, Condition condition, List<String> names) {
      this(kind, condition, names, List.of());
    }
  }

  private static final String BROWSER = "a browser that is not under automation";
  private static final String EDITOR = "an editor or IDE";
  private static final String MULTIPLEXER = "a terminal multiplexer";
  private static final String BUILD_DAEMON = "a shared build daemon";
  private static final String DEVELOPER_DAEMON = "a shared developer daemon";
  private static final String KEYS = "an agent that holds keys";

  /// All rows. A program matches at most one row that keeps it. The order does not matter.
  static final List<Row> TABLE =
      List.of(
          new Row(
              BROWSER,
              Condition.NOT_AUTOMATED,
              List.of(
                  "firefox",
                  "firefox-bin",
                  "firefox-esr",
                  "firefox-beta",
                  "firefox-devedition",
                  "firefox-developer-edition",
                  "firefox-nightly",
                  "librewolf",
                  "waterfox",
                  "waterfox-bin",
                  "zen",
                  "zen-bin",
                  "zen-browser",
                  "floorp",
                  "floorp-bin",
                  "icecat",
                  "iceweasel",
                  "mullvadbrowser",
                  "mullvadbrowser.real",
                  "firefox.real",
                  "palemoon",
                  "palemoon-bin",
                  "seamonkey",
                  "basilisk",
                  "chrome",
                  "google-chrome",
                  "google-chrome-stable",
                  "google-chrome-beta",
                  "google-chrome-unstable",
                  "google chrome",
                  "google chrome beta",
                  "google chrome canary",
                  "chromium",
                  "chromium-browser",
                  "chromium-bin",
                  "chromium-freeworld",
                  "ungoogled-chromium",
                  "thorium",
                  "thorium-browser",
                  "msedge",
                  "msedge-beta",
                  "msedge-dev",
                  "microsoft-edge*",
                  "microsoft edge*",
                  "brave",
                  "brave-browser*",
                  "brave browser*",
                  "vivaldi",
                  "vivaldi-bin",
                  "vivaldi-snapshot",
                  "opera",
                  "opera-beta",
                  "opera-developer",
                  "yandex_browser",
                  "yandex-browser*",
                  "epiphany",
                  "epiphany-browser",
                  "falkon",
                  "konqueror",
                  "midori",
                  "angelfish",
                  "nyxt",
                  "dillo",
                  "netsurf-gtk*",
                  "safari",
                  "arc",
                  "orion",
                  "ladybird")),
          new Row(
              BROWSER,
              Condition.SEEN_ARGUMENT,
              List.of("python*"),
              List.of("*/qutebrowser", "qutebrowser")),
          new Row(
              "a crash handler, which ends with its program",
              Condition.NAME,
              List.of("chrome_crashpad_handler", "crashpad_handler", "crashhelper")),
          new Row(
              "the file system of an AppImage, which ends with its program",
              Condition.NAME,
              List.of("*.appimage")),
          new Row(
              "the sandbox of a program on this list",
              Condition.SANDBOX,
              List.of("bwrap", "firejail")),
          new Row(
              EDITOR,
              Condition.NOT_AUTOMATED,
              List.of(
                  "code",
                  "code-insiders",
                  "code-oss",
                  "codium",
                  "codium-insiders",
                  "vscodium",
                  "cursor",
                  "windsurf",
                  "windsurf-next",
                  "antigravity",
                  "kiro",
                  "trae",
                  "positron",
                  "zed",
                  "zeditor",
                  "zed-editor",
                  "sublime_text",
                  "sublime_merge",
                  "pulsar",
                  "atom",
                  "lapce",
                  "lite-xl",
                  "idea",
                  "idea64",
                  "pycharm",
                  "pycharm64",
                  "webstorm",
                  "goland",
                  "clion",
                  "rustrover",
                  "rider",
                  "phpstorm",
                  "datagrip",
                  "dataspell",
                  "rubymine",
                  "writerside",
                  "studio",
                  "fleet",
                  "jetbrains-toolbox",
                  "jetbrains-gateway",
                  "eclipse",
                  "netbeans",
                  "qtcreator",
                  "kdevelop",
                  "gnome-builder",
                  "codeblocks",
                  "rstudio",
                  "gedit",
                  "gnome-text-editor",
                  "kate",
                  "kwrite",
                  "mousepad",
                  "featherpad",
                  "pluma",
                  "xed",
                  "geany",
                  "bluefish",
                  "notepadqq",
                  "gvim",
                  "gview",
                  "nvim-qt",
                  "neovide",
                  "obsidian")),
          new Row(
              EDITOR,
              Condition.WITHOUT_ARGUMENT,
              List.of("emacs", "emacs-*"),
              List.of("--batch", "-batch", "--script", "--script=*", "-script", "-x")),
          new Row(
              EDITOR,
              Condition.SEEN_ARGUMENT,
              List.of("vim", "vim.*"),
              List.of(
                  "gvim", "*/gvim", "gview", "*/gview", "gvimdiff", "*/gvimdiff", "-g", "--gui")),
          new Row(
              EDITOR,
              Condition.SEEN_ARGUMENT,
              List.of("java"),
              List.of("com.intellij.idea.Main", "org.netbeans.Main")),
          new Row(
              "a mail program",
              Condition.NOT_AUTOMATED,
              List.of(
                  "thunderbird",
                  "thunderbird-bin",
                  "betterbird",
                  "betterbird-bin",
                  "evolution",
                  "geary",
                  "kmail",
                  "claws-mail",
                  "mailspring")),
          new Row(
              "a program for calls and messages",
              Condition.NOT_AUTOMATED,
              List.of(
                  "slack",
                  "discord",
                  "discordcanary",
                  "zoom",
                  "teams",
                  "teams-for-linux",
                  "telegram-desktop",
                  "telegram",
                  "signal-desktop",
                  "element-desktop",
                  "skypeforlinux",
                  "spotify",
                  "steam")),
          new Row(
              "an installed program that runs on Electron",
              Condition.SEEN_ARGUMENT,
              List.of("electron*"),
              List.of("/usr/lib/code/*", "/usr/lib/*.asar", "/usr/share/*.asar", "/opt/*.asar")),
          new Row(
              "a file manager",
              Condition.NAME,
              List.of(
                  "nautilus",
                  "dolphin",
                  "thunar",
                  "nemo",
                  "nemo-desktop",
                  "caja",
                  "pcmanfm",
                  "pcmanfm-qt",
                  "cosmic-files",
                  "krusader")),
          new Row(
              "a viewer",
              Condition.NAME,
              List.of(
                  "evince",
                  "papers",
                  "okular",
                  "atril",
                  "xreader",
                  "zathura",
                  "eog",
                  "eom",
                  "loupe",
                  "gwenview",
                  "ristretto",
                  "totem",
                  "celluloid",
                  "vlc")),
          new Row(
              "a viewer",
              Condition.SEEN_ARGUMENT,
              List.of("mpv"),
              List.of("--player-operation-mode=pseudo-gui")),
          new Row(
              "an office program",
              Condition.WITHOUT_ARGUMENT,
              List.of("soffice.bin", "oosplash", "soffice"),
              List.of(
                  "--headless",
                  "-headless",
                  "--convert-to*",
                  "-convert-to*",
                  "--accept*",
                  "-accept*",
                  "--cat*",
                  "--print-to-file")),
          new Row(
              "a terminal",
              Condition.NAME,
              List.of(
                  "gnome-terminal-server",
                  "gnome-terminal",
                  "kgx",
                  "ptyxis",
                  "ptyxis-agent",
                  "konsole",
                  "yakuake",
                  "xfce4-terminal",
                  "mate-terminal",
                  "lxterminal",
                  "qterminal",
                  "tilix",
                  "guake",
                  "kitty",
                  "alacritty",
                  "ghostty",
                  "foot",
                  "wezterm-gui",
                  "wezterm-mux-server",
                  "terminology",
                  "deepin-terminal",
                  "cosmic-term",
                  "urxvt",
                  "urxvtd",
                  "rxvt",
                  "xterm")),
          new Row(
              "a terminal",
              Condition.SEEN_ARGUMENT,
              List.of("python*"),
              List.of("*/terminator", "*/guake")),
          new Row(MULTIPLEXER, Condition.NOT_CLIENT_TITLE, List.of("tmux", "tmate")),
          new Row(MULTIPLEXER, Condition.UPPER_CASE, List.of("screen", "screen-*")),
          new Row(MULTIPLEXER, Condition.WITH_ARGUMENT, List.of("zellij"), List.of("--server")),
          new Row(MULTIPLEXER, Condition.WITH_ARGUMENT, List.of("shpool"), List.of("daemon")),
          new Row(
              MULTIPLEXER, Condition.WITHOUT_ARGUMENT, List.of("dtach", "abduco"), List.of("-a")),
          new Row(
              "a login of a user from elsewhere",
              Condition.NAME,
              List.of("mosh-server", "etserver", "etterminal")),
          new Row(
              "a connection that other SSH commands share",
              Condition.SEEN_ARGUMENT,
              List.of("ssh"),
              List.of("*[mux]")),
          new Row(
              KEYS,
              Condition.NAME,
              List.of(
                  "gpg-agent",
                  "scdaemon",
                  "keyboxd",
                  "dirmngr",
                  "tpm2daemon",
                  "pinentry",
                  "pinentry-*",
                  "ssh-agent",
                  "ssh-pkcs11-helper",
                  "ssh-sk-helper",
                  "gcr-ssh-agent",
                  "yubikey-agent",
                  "gnome-keyring-daemon",
                  "gnome-keyring-d",
                  "oo7-daemon",
                  "kwalletd",
                  "kwalletd5",
                  "kwalletd6",
                  "ksecretd",
                  "keepassxc",
                  "keepassxc-proxy",
                  "seahorse",
                  "1password",
                  "bitwarden",
                  "git-credential-cache--daemon")),
          new Row(
              KEYS, Condition.SEEN_ARGUMENT, List.of("git"), List.of("credential-cache--daemon")),
          new Row(KEYS, Condition.SEEN_ARGUMENT, List.of("op"), List.of("daemon")),
          new Row(
              "a service of the desktop session",
              Condition.NAME,
              List.of(
                  "dbus-daemon",
                  "dbus-launch",
                  "dbus-broker",
                  "dbus-broker-launch",
                  "at-spi-bus-launcher",
                  "at-spi2-registryd",
                  "gvfs*",
                  "dconf-service",
                  "gconfd-2",
                  "xfconfd",
                  "xdg-desktop-portal*",
                  "xdg-document-portal",
                  "xdg-permission-store",
                  "xdg-dbus-proxy",
                  "goa-daemon",
                  "goa-identity-service",
                  "evolution-*",
                  "tracker-*",
                  "localsearch*",
                  "tumblerd",
                  "kded4",
                  "kded5",
                  "kded6",
                  "kdeinit5",
                  "kiod5",
                  "kiod6",
                  "klauncher",
                  "kactivitymanagerd",
                  "baloo_file",
                  "zeitgeist-daemon",
                  "notification-daemon",
                  "notify-osd",
                  "dunst",
                  "mako",
                  "xfce4-notifyd",
                  "obexd",
                  "ibus-daemon",
                  "ibus-*",
                  "fcitx",
                  "fcitx5",
                  "uim-xim")),
          new Row(
              "a sound server",
              Condition.NAME,
              List.of(
                  "pulseaudio",
                  "pipewire",
                  "pipewire-*",
                  "wireplumber",
                  "jackd",
                  "jackdbus",
                  "speech-dispatcher")),
          new Row(
              "a server that all clients of a user share",
              Condition.WITH_ARGUMENT,
              List.of("adb"),
              List.of("fork-server", "nodaemon")),
          new Row(
              "a server that all clients of a user share", Condition.NAME, List.of("aardvark-dns")),
          new Row(
              "a server that all clients of a user share",
              Condition.WITH_ARGUMENT,
              List.of("catatonit"),
              List.of("-P")),
          new Row(DEVELOPER_DAEMON, Condition.NAME, List.of("watchman", "edenfs", "lorri")),
          new Row(
              DEVELOPER_DAEMON,
              Condition.SEEN_ARGUMENT,
              List.of("git"),
              List.of("fsmonitor--daemon")),
          new Row(
              DEVELOPER_DAEMON, Condition.WITH_ARGUMENT, List.of("biome"), List.of("__run_server")),
          new Row(
              DEVELOPER_DAEMON,
              Condition.SEEN_ARGUMENT,
              List.of("node", "nodejs"),
              List.of(
                  "*/nx/src/daemon/server/start.js", "*/eslint_d/*", "*/eslint_d", "*/prettierd")),
          new Row(
              DEVELOPER_DAEMON,
              Condition.SEEN_ARGUMENT,
              List.of("ruby*"),
              List.of("spring server*", "rubocop --server*")),
          new Row(
              DEVELOPER_DAEMON,
              Condition.WITH_ARGUMENT,
              List.of("gopls"),
              List.of("-listen.timeout*")),
          new Row(DEVELOPER_DAEMON, Condition.WITH_ARGUMENT, List.of("mutagen"), List.of("daemon")),
          new Row(
              DEVELOPER_DAEMON, Condition.WITH_ARGUMENT, List.of("limactl"), List.of("hostagent")),
          new Row(
              "a process manager that all commands of a user share",
              Condition.NAME,
              List.of("pueued")),
          new Row(
              "a process manager that all commands of a user share",
              Condition.SEEN_ARGUMENT,
              List.of("node", "nodejs"),
              List.of("PM2 *God Daemon*")),
          new Row(
              BUILD_DAEMON,
              Condition.WITH_ARGUMENT,
              List.of("sccache"),
              List.of("", "--start-server")),
          new Row(BUILD_DAEMON, Condition.WITH_ARGUMENT, List.of("turbo"), List.of("daemon")),
          new Row(
              BUILD_DAEMON,
              Condition.WITH_ARGUMENT,
              List.of("buck2", "buck2-daemon"),
              List.of("daemon", "buck2d*")),
          new Row(BUILD_DAEMON, Condition.NAME, List.of("buck2d", "vbcscompiler")),
          new Row(
              BUILD_DAEMON,
              Condition.SEEN_ARGUMENT,
              List.of("java"),
              List.of(
                  "org.gradle.launcher.daemon.*",
                  "org.jetbrains.kotlin.daemon.*",
                  "org.mvndaemon.mvnd.common.MavenDaemon",
                  "*/A-server.jar",
                  "bloop.BloopServer",
                  "bloop.Bloop",
                  "com.facebook.buck.cli.MainWithNailgun",
                  "*.nailgun.NGServer")),
          new Row(
              BUILD_DAEMON,
              Condition.SEEN_ARGUMENT,
              List.of("dotnet"),
              List.of("*/VBCSCompiler.dll", "*/rzc.dll", "/nodeReuse:true")),
          new Row(
              BUILD_DAEMON,
              Condition.SEEN_ARGUMENT,
              List.of("python*"),
              List.of("pantsd*", "*/dmypy", "mypy.dmypy")));

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
}
