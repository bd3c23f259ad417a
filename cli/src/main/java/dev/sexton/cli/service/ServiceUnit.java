package dev.sexton.cli.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sexton.cli.option.UserHome;
import dev.sexton.cli.output.FileReplacement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// The unit file of the watcher.
///
/// @param file `sexton-watch.service` among the user's units
record ServiceUnit(Path file) {
  static final String NAME = "sexton-watch.service";

  /// The first line of files that Sexton wrote. Others are not touched.
  private static final String MARK = "# Written by sexton service install.";

  /// Returns the unit of a user.
  static ServiceUnit of(UserHome home) {
    return new ServiceUnit(home.configuration().resolve("systemd/user").resolve(NAME));
  }

  /// Returns the content for a launcher.
  static String content(String launcher) {
    return MARK
        + """

        [Unit]
        Description=Sexton: cleans up after servers that die

        [Service]
        ExecStart=%s watch
        Restart=on-failure
        # Ended by SIGTERM, as asked.
        SuccessExitStatus=143

        [Install]
        WantedBy=default.target
        """
            .formatted(quoted(launcher));
  }

  /// Returns a path for a line of a unit, in which spaces, percent and dollar signs have a meaning.
  private static String quoted(String path) {
    return '"'
        + path.replace("\\", "\\\\").replace("\"", "\\\"").replace("%", "%%").replace("$", "$$")
        + '"';
  }

  boolean exists() {
    return Files.exists(file);
  }

  /// Returns whether Sexton wrote the file.
  boolean isOwn() throws IOException {
    return Files.readString(file).startsWith(MARK);
  }

  /// Returns whether the file starts this launcher.
  boolean isFor(String launcher) throws IOException {
    return Files.readString(file).equals(content(launcher));
  }

  void write(String launcher) throws IOException {
    Path directory = Objects.requireNonNull(file.getParent(), "a unit is in a directory");
    Files.createDirectories(directory);
    FileReplacement.replace(
        file, content(launcher).getBytes(UTF_8), FileReplacement.PRIVATE, () -> {});
  }

  void remove() throws IOException {
    Files.deleteIfExists(file);
  }
}
