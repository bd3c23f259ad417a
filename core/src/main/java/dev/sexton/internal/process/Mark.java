package dev.sexton.internal.process;

/** How a process says in its environment whose it is; all that it starts inherits it. */
public final class Mark {
  /** The variable that says whose a process is. */
  public static final String VARIABLE = "SEXTON_INSTANCE";

  /** The variable that opts out, if it is 1. */
  public static final String KEEP = "SEXTON_KEEP";

  private Mark() {}

  /** The value of {@link #VARIABLE} in the environment of what an instance launches. */
  public static String of(String application, String instanceId) {
    return application + ":" + instanceId;
  }
}
