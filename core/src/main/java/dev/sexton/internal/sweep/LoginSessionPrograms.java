package dev.sexton.internal.sweep;

import dev.sexton.internal.sweep.KeepRow.Condition;
import java.util.List;

/// Programs of a login session that a sweep keeps: they hold terminals, connections and keys, or
/// serve the desktop.
final class LoginSessionPrograms {
  private static final String MULTIPLEXER = "a terminal multiplexer";
  private static final String KEYS = "an agent that holds keys";

  static final List<KeepRow> ROWS =
      List.of(
          new KeepRow(MULTIPLEXER, Condition.NOT_CLIENT_TITLE, List.of("tmux", "tmate")),
          new KeepRow(MULTIPLEXER, Condition.UPPER_CASE, List.of("screen", "screen-*")),
          new KeepRow(MULTIPLEXER, Condition.WITH_ARGUMENT, List.of("zellij"), List.of("--server")),
          new KeepRow(MULTIPLEXER, Condition.WITH_ARGUMENT, List.of("shpool"), List.of("daemon")),
          new KeepRow(
              MULTIPLEXER, Condition.WITHOUT_ARGUMENT, List.of("dtach", "abduco"), List.of("-a")),
          new KeepRow(
              "a login of a user from elsewhere",
              Condition.NAME,
              List.of("mosh-server", "etserver", "etterminal")),
          new KeepRow(
              "a connection that other SSH commands share",
              Condition.SEEN_ARGUMENT,
              List.of("ssh"),
              List.of("*[mux]")),
          new KeepRow(
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
          new KeepRow(
              KEYS, Condition.SEEN_ARGUMENT, List.of("git"), List.of("credential-cache--daemon")),
          new KeepRow(KEYS, Condition.SEEN_ARGUMENT, List.of("op"), List.of("daemon")),
          new KeepRow(
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
          new KeepRow(
              "a sound server",
              Condition.NAME,
              List.of(
                  "pulseaudio",
                  "pipewire",
                  "pipewire-*",
                  "wireplumber",
                  "jackd",
                  "jackdbus",
                  "speech-dispatcher")));

  private LoginSessionPrograms() {}
}
