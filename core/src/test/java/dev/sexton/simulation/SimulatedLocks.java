package dev.sexton.simulation;

import dev.sexton.internal.lock.InstanceLocks;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The kernel's locks as one process takes them.
///
/// They end with the process.
final class SimulatedLocks implements InstanceLocks {
  private static final int ATTEMPTS = 20;

  private final Actor actor;
  private final World world;

  SimulatedLocks(Actor actor) {
    this.actor = actor;
    this.world = actor.world;
  }

  private static String name(Path lockFile) {
    return lockFile.getFileName().toString();
  }

  @Override
  public OwnerByte probeOwner(Path lockFile) {
    actor.look();
    Inode file = world.files.get(name(lockFile));
    if (file == null) {
      return OwnerByte.MISSING;
    }
    if (file.ownerLock == actor.process) {
      return OwnerByte.OURS;
    }
    if (!file.mayRead(actor.process.uid)) {
      return OwnerByte.DENIED;
    }
    if (world.files.noLocks) {
      return OwnerByte.UNKNOWN;
    }
    return isHeld(file.ownerLock) ? OwnerByte.HELD : OwnerByte.FREE;
  }

  private static boolean isHeld(@Nullable WorldProcess holder) {
    return holder != null && !holder.died;
  }

  @Override
  public @Nullable Held lockAsOwner(Path lockFile) throws IOException {
    return lock(lockFile, true);
  }

  @Override
  public @Nullable Held lockAsSweeper(Path lockFile) throws IOException {
    return lock(lockFile, false);
  }

  private @Nullable Held lock(Path lockFile, boolean owner) throws IOException {
    String name = name(lockFile);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      actor.before("lock file");
      Inode file = world.files.get(name);
      if (file == null) {
        world.files.checkWritable(name);
        file = new Inode(actor.process.uid, new byte[0], world.wall());
        world.files.byName.put(name, file);
        world.happened("creates " + name, actor.process, 0);
      }
      actor.after("lock file");
      if (!actor.isRoot() && file.uid != actor.process.uid) {
        throw new AccessDeniedException(name);
      }
      if (world.files.noLocks) {
        throw new IOException(name + ": this file system does not support locks");
      }
      actor.before("lock");
      if (isHeld(owner ? file.ownerLock : file.sweeperLock)) {
        return null;
      }
      if (owner) {
        file.ownerLock = actor.process;
      } else {
        file.sweeperLock = actor.process;
      }
      world.happened(owner ? "owns " + name : "claims " + name, actor.process, 0);
      actor.after("lock");
      if (world.files.get(name) == file) {
        return new SimulatedHeld(name, file, owner);
      }
      world.log.count("lock file was replaced under our hands");
      unlock(file, owner);
    }
    throw new IOException(name + ": the lock file keeps being replaced");
  }

  private static void unlock(Inode file, boolean owner) {
    if (owner) {
      file.ownerLock = null;
    } else {
      file.sweeperLock = null;
    }
  }

  private final class SimulatedHeld implements Held {
    private final String name;
    private final Inode file;
    private final boolean owner;
    private boolean closed;

    SimulatedHeld(String name, Inode file, boolean owner) {
      this.name = name;
      this.file = file;
      this.owner = owner;
    }

    @Override
    public void deleteFile() throws IOException {
      actor.before("delete lock");
      world.files.checkWritable(name);
      if (world.files.get(name) == file) {
        world.happened("deletes " + name, actor.process, 0);
        world.judge.deleteLock(actor, name, file);
        world.files.byName.remove(name);
      }
      actor.after("delete lock");
    }

    @Override
    public void close() {
      // A dead process no longer holds anything. The code that it runs now only unwinds the
      // simulation.
      if (!closed && !actor.process.died) {
        closed = true;
        unlock(file, owner);
      }
    }
  }
}
