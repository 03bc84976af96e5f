namespace CliWrap.Exceptions;

/// <summary>What the library's own exceptions have in common.</summary>
public abstract class CliWrapException(string message, Exception? innerException = null)
    : Exception(message, innerException);
