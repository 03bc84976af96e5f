using Amazon.Runtime;

namespace ClamBucketFleet.Daemon.Cli;

/// <summary>How the program ends: the numbers of sysexits(3), and three of its own for verdicts.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Infected = 1;
    public const int Unscannable = 2;
    public const int BadUsage = 64;
    public const int NotFound = 66;
    public const int Unavailable = 69;
    public const int Internal = 70;
    public const int TryAgain = 75;
    public const int BadConfiguration = 78;

    /// <summary>The number for a failure that reached the top.</summary>
    public static int Of(Exception failure) => failure switch
    {
        UsageException => BadUsage,
        NotFoundException => NotFound,
        // An answer that asks for patience is no absence.
        ServiceUnreachableException { InnerException: AmazonServiceException { StatusCode: not 0 } } => TryAgain,
        ScannerUnavailableException or ServiceUnreachableException => Unavailable,
        FatalConfigurationException or AccessRefusedException => BadConfiguration,
        TryAgainException => TryAgain,
        _ => Internal,
    };

    /// <summary>The number for a verdict of <c>scan</c>.</summary>
    public static int Of(Verdict verdict) => verdict switch
    {
        Clean => Done,
        ClamBucketFleet.Infected => Infected,
        ClamBucketFleet.Unscannable => Unscannable,
        Skipped { Reason: SkipReason.Gone } => NotFound,
        _ => TryAgain,
    };
}

/// <summary>The command line cannot be understood.</summary>
internal sealed class UsageException(string message) : Exception(message);
