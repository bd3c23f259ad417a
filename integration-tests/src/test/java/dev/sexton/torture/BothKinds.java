package dev.sexton.torture;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.provider.EnumSource;

/// Rows for records of the original and of Sexton.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@EnumSource(
    value = World.Kind.class,
    names = {"ORIGINAL", "SEXTON"})
@interface BothKinds {}
