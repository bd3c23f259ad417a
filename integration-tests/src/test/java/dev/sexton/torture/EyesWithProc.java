package dev.sexton.torture;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.provider.EnumSource;

/// Rows for sweeps with `/proc`, the only place that shows sessions, zombies and markers.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@EnumSource(
    value = World.Eyes.class,
    names = {"ONE_SHOT", "RESIDENT"})
@interface EyesWithProc {}
