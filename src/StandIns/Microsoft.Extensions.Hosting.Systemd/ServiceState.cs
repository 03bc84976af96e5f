using System.Text;

namespace Microsoft.Extensions.Hosting.Systemd;

/// <summary>A state in the words of sd_notify(3).</summary>
public struct ServiceState
{
    public static readonly ServiceState Ready = new("READY=1");

    public static readonly ServiceState Stopping = new("STOPPING=1");

    private readonly byte[] _data;

    /// <param name="state">One assignment, or several with a line feed between them.</param>
    public ServiceState(string state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _data = Encoding.UTF8.GetBytes(state);
    }

    public override string ToString() => Encoding.UTF8.GetString(Data);

    // The default value has no array.
    internal ReadOnlySpan<byte> Data => _data;
}
