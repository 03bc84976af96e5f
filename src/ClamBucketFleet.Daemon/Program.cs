using ClamBucketFleet.Daemon.Cli;

Terminal.WritePlainly();
return await CommandLine.RunAsync(args).ConfigureAwait(false);
