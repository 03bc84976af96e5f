using ClamBucketFleet.TestKit;

namespace ClamBucketFleet.SystemTests.Machines;

/// <summary>Pages that tests write from what they saw, where <c>make figures</c> asks for it.</summary>
internal static class Documents
{
    private const string Variable = "CLAMBUCKETFLEET_WRITE_FIGURES";

    public static void Write(string name, string text)
    {
        if (Environment.GetEnvironmentVariable(Variable) is "1")
            File.WriteAllText(Repository.Combine("docs", name), text.TrimEnd() + "\n");
    }
}
