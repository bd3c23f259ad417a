package dev.sexton.simulation;

import dev.sexton.RecordException;
import dev.sexton.internal.process.User;
import dev.sexton.internal.state.StateDirectory;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The state directory as one process reads and writes it.
final class SimulatedStateDirectory implements StateDirectory {
  private final Actor actor;
  private final World world;
  private final SimulatedFiles files;

  SimulatedStateDirectory(Actor actor) {
    this.actor = actor;
    this.world = actor.world;
    this.files = world.files;
  }

  @Override
  public Path path() {
    return SimulatedFiles.DIRECTORY;
  }

  @Override
  public String application() {
    return World.APPLICATION;
  }

  @Override
  public boolean exists() {
    return true;
  }

  @Override
  public @Nullable String untrustedReason() {
    actor.look();
    return files.distrusted ? "can be written by everyone" : null;
  }

  @Override
  public boolean isShared() {
    return world.shared;
  }

  @Override
  public void create() throws IOException {
    actor.look();
    files.checkWritable("instances");
  }

  @Override
  public List<String> list() throws IOException {
    lookInto();
    actor.listed();
    return new ArrayList<>(files.byName.keySet());
  }

  @Override
  public Content read(String name) throws RecordException {
    actor.look();
    Inode file = files.get(name);
    if (file == null) {
      throw new RecordException.Missing(SimulatedFiles.path(name));
    }
    if (!file.mayRead(actor.process.uid)) {
      throw new RecordException.Unreadable(name, "permission denied", new IOException("EACCES"));
    }
    if (files.unreadable) {
      throw new RecordException.Unreadable(name, "Input/output error", new IOException("EIO"));
    }
    return new Content(file.bytes, file.modified, file.writableByOthers);
  }

  @Override
  public @Nullable User owner(String name) {
    actor.look();
    Inode file = files.get(name);
    return file == null ? null : new User(file.uid, "");
  }

  @Override
  public @Nullable Instant modified(String name) {
    actor.look();
    Inode file = files.get(name);
    return file == null ? null : file.modified;
  }

  @Override
  public void replace(String name, byte[] content) throws IOException {
    files.checkWritable(name);
    String temporary = files.temporaryName(name);
    actor.before("write");
    Inode file =
        new Inode(
            actor.process.uid,
            Arrays.copyOf(content, world.chance.below(content.length - 2)),
            world.wall());
    file.spoilt = true; // Until it is complete.
    files.byName.put(temporary, file);
    actor.after("write");
    try {
      files.checkSpace(name);
    } catch (IOException full) {
      files.byName.remove(temporary);
      throw full;
    }
    file.bytes = content;
    file.spoilt = false;
    Inode old = files.get(name);
    if (old != null && old.uid != file.uid) {
      if (!actor.isRoot()) {
        files.byName.remove(temporary);
        throw new AccessDeniedException(name + ": Operation not permitted");
      }
      file.uid = old.uid;
    }
    WorldInstance instance = world.instance(name.substring(0, Math.min(36, name.length())));
    if (old == null && instance != null && actor.isRoot()) {
      file.uid = instance.uid; // Root works in a user's directory with that user's rights.
    }
    actor.before("rename");
    if (files.byName.remove(temporary, file)) {
      world.happened("writes " + name, actor.process, 0);
      world.judge.replace(actor, name, files.get(name), content);
      files.byName.put(name, file);
    } else {
      throw new NoSuchFileException(temporary);
    }
    actor.after("rename");
  }

  @Override
  public void delete(String name) throws IOException {
    Inode file = before("delete", name);
    if (file != null) {
      world.happened("deletes " + name, actor.process, 0);
      world.judge.delete(actor, name, file);
      files.byName.remove(name);
    }
    actor.after("delete");
  }

  @Override
  public void setAside(String name) throws IOException {
    Inode file = before("set aside", name);
    if (file == null) {
      throw new NoSuchFileException(name);
    }
    world.happened("sets aside " + name, actor.process, 0);
    world.judge.setAside(actor, name, file);
    world.log.count("set aside");
    files.byName.remove(name);
    String target = name + ".unreadable";
    files.byName.put(
        files.get(target) == null ? target : files.temporaryName(name) + ".unreadable", file);
    actor.after("set aside");
  }

  @Override
  public Path lockFile(String instanceId) {
    return files.lockFile(instanceId);
  }

  @Override
  public void appendJournal(List<String> lines) throws IOException {
    if (lines.isEmpty()) {
      return;
    }
    actor.before("journal");
    files.checkWritable("journal");
    files.checkSpace("journal");
    files.journal.addAll(lines);
    actor.after("journal");
  }

  /// Returns the file that a call is about to change, or null if it does not exist.
  private @Nullable Inode before(String call, String name) throws IOException {
    actor.before(call);
    files.checkWritable(name);
    return files.get(name);
  }

  private void lookInto() throws IOException {
    actor.look();
    if (files.unreadable) {
      throw new IOException("Input/output error");
    }
  }

  @Override
  public List<String> readJournal() throws IOException {
    lookInto();
    return List.copyOf(files.journal);
  }

  @Override
  public List<Boot> boots() {
    actor.look();
    return files.unreadable ? List.of() : List.copyOf(files.boots);
  }

  @Override
  public void noteBoot(Boot boot) throws IOException {
    actor.before("note boot");
    files.checkWritable("boots");
    files.checkSpace("boots");
    files.boots.add(boot);
    actor.after("note boot");
  }
}
