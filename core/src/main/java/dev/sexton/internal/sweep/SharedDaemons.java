package dev.sexton.internal.sweep;

import dev.sexton.internal.sweep.KeepRow.Condition;
import java.util.List;

/// Daemons that a sweep keeps, because all clients of a user share them, whichever started them
/// first.
final class SharedDaemons {
  private static final String SHARED_SERVER = "a server that all clients of a user share";
  private static final String DEVELOPER_DAEMON = "a shared developer daemon";
  private static final String PROCESS_MANAGER =
      "a process manager that all commands of a user share";
  private static final String BUILD_DAEMON = "a shared build daemon";

  static final List<KeepRow> ROWS =
      List.of(
          new KeepRow(
              SHARED_SERVER,
              Condition.WITH_ARGUMENT,
              List.of("adb"),
              List.of("fork-server", "nodaemon")),
          new KeepRow(SHARED_SERVER, Condition.NAME, List.of("aardvark-dns")),
          new KeepRow(SHARED_SERVER, Condition.WITH_ARGUMENT, List.of("catatonit"), List.of("-P")),
          new KeepRow(DEVELOPER_DAEMON, Condition.NAME, List.of("watchman", "edenfs", "lorri")),
          new KeepRow(
              DEVELOPER_DAEMON,
              Condition.SEEN_ARGUMENT,
              List.of("git"),
              List.of("fsmonitor--daemon")),
          new KeepRow(
              DEVELOPER_DAEMON, Condition.WITH_ARGUMENT, List.of("biome"), List.of("__run_server")),
          new KeepRow(
              DEVELOPER_DAEMON,
              Condition.SEEN_ARGUMENT,
              List.of("node", "nodejs"),
              List.of(
                  "*/nx/src/daemon/server/start.js", "*/eslint_d/*", "*/eslint_d", "*/prettierd")),
          new KeepRow(
              DEVELOPER_DAEMON,
              Condition.SEEN_ARGUMENT,
              List.of("ruby*"),
              List.of("spring server*", "rubocop --server*")),
          new KeepRow(
              DEVELOPER_DAEMON,
              Condition.WITH_ARGUMENT,
              List.of("gopls"),
              List.of("-listen.timeout*")),
          new KeepRow(
              DEVELOPER_DAEMON, Condition.WITH_ARGUMENT, List.of("mutagen"), List.of("daemon")),
          new KeepRow(
              DEVELOPER_DAEMON, Condition.WITH_ARGUMENT, List.of("limactl"), List.of("hostagent")),
          new KeepRow(PROCESS_MANAGER, Condition.NAME, List.of("pueued")),
          new KeepRow(
              PROCESS_MANAGER,
              Condition.SEEN_ARGUMENT,
              List.of("node", "nodejs"),
              List.of("PM2 *God Daemon*")),
          new KeepRow(
              BUILD_DAEMON,
              Condition.WITH_ARGUMENT,
              List.of("sccache"),
              List.of("", "--start-server")),
          new KeepRow(BUILD_DAEMON, Condition.WITH_ARGUMENT, List.of("turbo"), List.of("daemon")),
          new KeepRow(
              BUILD_DAEMON,
              Condition.WITH_ARGUMENT,
              List.of("buck2", "buck2-daemon"),
              List.of("daemon", "buck2d*")),
          new KeepRow(BUILD_DAEMON, Condition.NAME, List.of("buck2d", "vbcscompiler")),
          new KeepRow(
              BUILD_DAEMON,
              Condition.SEEN_ARGUMENT,
              List.of("java"),
              List.of(
                  "org.gradle.launcher.daemon.*", "org.jetbrains.kotlin.daemon.*",
                  "org.mvndaemon.mvnd.common.MavenDaemon", "*/A-server.jar",
                  "bloop.BloopServer", "bloop.Bloop",
                  "com.facebook.buck.cli.MainWithNailgun", "*.nailgun.NGServer")),
          new KeepRow(
              BUILD_DAEMON,
              Condition.SEEN_ARGUMENT,
              List.of("dotnet"),
              List.of("*/VBCSCompiler.dll", "*/rzc.dll", "/nodeReuse:true")),
          new KeepRow(
              BUILD_DAEMON,
              Condition.SEEN_ARGUMENT,
              List.of("python*"),
              List.of("pantsd*", "*/dmypy", "mypy.dmypy")));

  private SharedDaemons() {}
}
