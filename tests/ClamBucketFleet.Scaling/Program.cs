using ClamBucketFleet.Scaling.Reports;

// Without an argument: docs/scaling.md and its plots, from stacks that are created in the stand-in. With a stack's name:
// the same table for that stack, which the aws command reads with the user's own credentials.
if (args is [var stack])
{
    Console.Write(await Documents.TableOfAsync(stack, CancellationToken.None));
    return;
}

var documents = await Documents.MakeAsync(CancellationToken.None);
await documents.WriteAsync(CancellationToken.None);
Console.Write(documents.Page);
