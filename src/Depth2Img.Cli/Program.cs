using Depth2Img.Cli;

return await CommandLineApp.RunAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
