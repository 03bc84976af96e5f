using System.IO.MemoryMappedFiles;

/// <summary>
/// Runs within a daemon that is not trimmed, before its Main (<c>DOTNET_STARTUP_HOOKS</c>): keeps the number of bytes that
/// it has allocated in a file that the benchmark has mapped too. The runtime knows it by this name, without a namespace.
/// </summary>
internal static class StartupHook
{
    private static Timer? _timer;

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(ClamBucketFleet.Bench.Runs.AllocationHook.Variable) is not { } path)
            return;
        var view = MemoryMappedFile.CreateFromFile(path).CreateViewAccessor();
        _timer = new Timer(_ => view.Write(0, GC.GetTotalAllocatedBytes()), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
    }
}

namespace ClamBucketFleet.Bench.Runs
{
    /// <summary>Reads what <see cref="StartupHook"/> writes.</summary>
    internal sealed class AllocationHook : IDisposable
    {
        /// <summary>Names the file.</summary>
        public const string Variable = "BENCH_ALLOCATIONS";

        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _view;

        private AllocationHook(string path)
        {
            _file = MemoryMappedFile.CreateFromFile(path);
            _view = _file.CreateViewAccessor();
        }

        /// <summary>Allocated since the start, 20 ms old at most.</summary>
        public long Bytes => _view.ReadInt64(0);

        /// <summary>What a daemon has to be started with.</summary>
        public static IReadOnlyDictionary<string, string> Environment(string file)
        {
            File.WriteAllBytes(file, new byte[sizeof(long)]);
            return new Dictionary<string, string>
            {
                [Variable] = file,
                ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
            };
        }

        /// <summary>Null where the daemon was not started with the hook.</summary>
        public static AllocationHook? Open(IReadOnlyDictionary<string, string> environment) =>
            environment.GetValueOrDefault(Variable) is { } path ? new AllocationHook(path) : null;

        public void Dispose()
        {
            _view.Dispose();
            _file.Dispose();
        }
    }
}
