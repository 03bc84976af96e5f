using ClamBucketFleet.Daemon.Cli;

return await CommandLine.RunAsync(args).ConfigureAwait(false);
