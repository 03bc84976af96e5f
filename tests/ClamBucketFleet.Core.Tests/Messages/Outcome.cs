namespace ClamBucketFleet.Core.Tests.Messages;

/// <summary>The only two ends that reading a message may have.</summary>
internal static class Outcome
{
    public static bool IsTextOrPoison(Func<object?> read)
    {
        try
        {
            return read() is not null;
        }
        catch (PoisonMessageException)
        {
            return true;
        }
    }
}
