namespace ClamBucketFleet.ClamAv.Tests;

internal static class Outcome
{
    /// <summary>The status of a verdict, or the name of the exception in its place.</summary>
    public static async Task<string> OfAsync(Task<Verdict> scan)
    {
        try
        {
            return (await scan).Status;
        }
        catch (Exception exception) when (exception is TryAgainException or ScannerUnavailableException)
        {
            return exception.GetType().Name;
        }
    }
}
