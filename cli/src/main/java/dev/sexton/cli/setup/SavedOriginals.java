package dev.sexton.cli.setup;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.sexton.cli.output.FileReplacement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The contents that configuration files had before `sexton setup` changed them, in
/// `~/.sexton/setup.d`. Only their user can read them, because configurations contain passwords.
final class SavedOriginals {
  private final Path directory;

  /// @param root the directory of all applications; an application's name has no dot
  SavedOriginals(Path root) {
    this.directory = root.resolve("setup.d");
  }

  /// Saves a content before it is replaced.
  void save(Path file, byte[] before, byte[] after) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    JsonArray changes = changes(file);
    JsonObject change = new JsonObject();
    change.addProperty("before", Base64.getEncoder().encodeToString(before));
    change.addProperty("before_sha256", digest(before));
    change.addProperty("after_sha256", digest(after));
    changes.add(change);
    write(file, changes);
  }

  /// Returns the content that a file had before the first of the changes which led to its present
  /// content; null if it was changed in another way since.
  byte @Nullable [] before(Path file, byte[] present) throws IOException {
    JsonArray changes = changes(file);
    byte[] before = null;
    String digest = digest(present);
    for (int i = changes.size() - 1; i >= 0; i--) {
      JsonObject change = changes.get(i).getAsJsonObject();
      // A change that was saved but could not be written led nowhere.
      if (change.get("after_sha256").getAsString().equals(digest)) {
        before = Base64.getDecoder().decode(change.get("before").getAsString());
        digest = change.get("before_sha256").getAsString();
      }
    }
    return before;
  }

  /// Returns whether a file was changed by `sexton setup`.
  boolean has(Path file) {
    return Files.exists(place(file));
  }

  /// Removes what was saved for a file.
  void remove(Path file) throws IOException {
    Files.deleteIfExists(place(file));
    try (var entries = Files.newDirectoryStream(directory)) {
      if (entries.iterator().hasNext()) {
        return;
      }
    }
    Files.deleteIfExists(directory);
  }

  private Path place(Path file) {
    return directory.resolve(digest(file.toString().getBytes(UTF_8)).substring(0, 32) + ".json");
  }

  private JsonArray changes(Path file) throws IOException {
    Path place = place(file);
    if (!Files.exists(place)) {
      return new JsonArray();
    }
    try {
      JsonElement changes =
          JsonParser.parseString(Files.readString(place)).getAsJsonObject().get("changes");
      return changes.getAsJsonArray();
    } catch (JsonParseException | IllegalStateException | NullPointerException damaged) {
      throw new IOException(place + " is damaged: correct or remove it", damaged);
    }
  }

  private void write(Path file, JsonArray changes) throws IOException {
    JsonObject saved = new JsonObject();
    saved.addProperty("file", file.toString());
    saved.add("changes", changes);
    FileReplacement.replace(
        place(file), saved.toString().getBytes(UTF_8), FileReplacement.PRIVATE, () -> {});
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) { // Every JDK has it.
      throw new IllegalStateException(impossible);
    }
  }
}
