namespace ClamBucketFleet;

// Failures are named by what to do next. Each message says what was being done, on what, and what a person can do.

/// <summary>
/// This attempt failed, a later one may not: the message goes back to the queue and, after the queue's
/// <c>maxReceiveCount</c>, to the dead-letter queue.
/// </summary>
public class TryAgainException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A service could not be reached, or asked for patience. The whole program backs off.</summary>
public sealed class ServiceUnreachableException(string message, Exception? inner = null)
    : TryAgainException(message, inner);

/// <summary>A service answered that this program is not allowed to do it. A person has to act.</summary>
public sealed class AccessRefusedException(string message, Exception? inner = null)
    : TryAgainException(message, inner);

/// <summary>The message was handed to somebody else, or its lease ran out: stop before anything irreversible.</summary>
public sealed class LeaseLostException(string message, Exception? inner = null) : TryAgainException(message, inner);

/// <summary>The body of a message cannot be understood. It is left to the dead-letter queue.</summary>
public sealed class PoisonMessageException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// No verdict can be had from the engine now, whatever the object: no work is taken until it answers again.
/// </summary>
public class ScannerUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>
    /// Whether a new machine in this one's place would be no better: what is wrong comes from its configuration, its
    /// image, or the source of the definitions.
    /// </summary>
    public bool IsEverywhere { get; init; }
}

/// <summary>
/// The engine answers, and its answer to the self-test is wrong: what it called clean since the last right one cannot
/// be trusted.
/// </summary>
public sealed class EngineWrongException(string message, Exception? inner = null)
    : ScannerUnavailableException(message, inner);

/// <summary>The definitions are older than <c>Scan:MaxDefinitionsAge</c>.</summary>
public sealed class DefinitionsTooOldException : ScannerUnavailableException
{
    public DefinitionsTooOldException(string message)
        : base(message) => IsEverywhere = true;
}

/// <summary>The program cannot do its work as it is configured; a restart would not help.</summary>
public sealed class FatalConfigurationException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Something the caller named does not exist.</summary>
public sealed class NotFoundException(string message, Exception? inner = null) : TryAgainException(message, inner);
