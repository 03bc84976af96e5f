using System.Text;

namespace ClamBucketFleet.TestKit;

/// <summary>
/// The EICAR test file. Its text is put together at run time, so that neither this source nor its assembly is found.
/// </summary>
public static class Eicar
{
    /// <summary>What a scanner with <see cref="Definitions"/> calls it.</summary>
    public const string Signature = "Eicar-Test-Signature.UNOFFICIAL";

    private static readonly string[] Parts = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "STANDARD", "ANTIVIRUS", "TEST", "FILE!$H+H*"];

    /// <summary>The 68 bytes.</summary>
    public static byte[] Bytes => Encoding.ASCII.GetBytes(string.Join('-', Parts));

    /// <summary>A deflated member of an archive: found only by an engine that unpacks.</summary>
    public static byte[] Zip => Archive.Zip("eicar.com", Bytes);

    public static byte[] NestedZip => Archive.Zip("inner.zip", Zip);
}
