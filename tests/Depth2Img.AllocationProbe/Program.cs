using System.Globalization;
using Depth2Img.AllocationProbe;
using Depth2Img.Checkpoints;
using Depth2Img.Compute;
using Depth2Img.Compute.Cpu;
using Depth2Img.Models.Unet;
using Depth2Img.Pipelines;
using Depth2Img.Prompts;
using Depth2Img.Random;
using Depth2Img.Schedulers;

// Denoises with a checkpoint in a process where nothing else runs, and prints how many bytes all threads have taken from the
// garbage collector's heap, in the first step and in all later ones. A line for each case: what, first, later, with tabs.
//     FOLDER TIER THREADS STEPS SIDE SCHEDULER...
const float Guided = 4, Unguided = 1;
string folder = args[0];
int threads = Number(2), steps = Number(3), side = Number(4);
using CpuBackend backend = new(new CpuBackendOptions { Tier = CpuTiers.Parse(args[1]), Threads = threads });
using PipelineNetworks networks = PipelineNetworks.Load(Checkpoint.Open(folder), controlNet: null, backend, new PipelineOptions(), CancellationToken.None);
foreach (string scheduler in args[5..])
{
    Measure(scheduler, "guided", new DenoiseSettings(Guided, GuidanceInterval.Whole, 1));
    Measure(scheduler, "unguided", new DenoiseSettings(Unguided, GuidanceInterval.Whole, 1));
    Measure(scheduler, "re-used features", new DenoiseSettings(Guided, GuidanceInterval.Whole, 2));
    Measure(scheduler, "changing prompts", new DenoiseSettings(Guided, GuidanceInterval.Whole, 1) { GuidanceRescale = 0.7f }, "a (red:1.2) [ball|cube] [and a tree:0.5]", LongPrompt.Chunks);
}

int Number(int index) => int.Parse(args[index], CultureInfo.InvariantCulture);

void Measure(string name, string what, DenoiseSettings settings, string prompt = "a red ball", LongPrompt longPrompt = LongPrompt.Cut)
{
    LatentGeometry geometry = new(1, networks.Vae.LatentChannels, side, side);
    TorchCpuRandom random = new(1);
    float[] latents = new float[geometry.Total];
    random.FillNormal(latents);
    float[] depth = new float[geometry.Plane];
    using IOps ops = backend.OpenSession();
    StepMeter scheduler = new(SchedulerFactory.Create(networks.Scheduler, name, karras: false, steps));
    RegionPlan[] plan = [new RegionPlan(prompt, "", settings)];
    Prompting prompting = new(new PromptOptions(PromptSyntax.Weighted, longPrompt, RestoreMean: false), null, 1);
    using RegionPrompts prompts = RegionPrompts.Encode(ops, networks, plan, [PromptProgram.Make(plan[0], prompting, scheduler.Timesteps.Length)], prompting);
    using LazyNetwork<UNet2DConditionModel>.Loan unet = networks.Unet.Borrow();
    using PromptContexts contexts = prompts.ContextsOf(0, unet.Network);
    new DenoiseLoop(unet.Network, ops, scheduler, random).Run(latents, geometry, depth, [new DenoiseRegion(contexts, settings)], held: null, 0, (_, _, _, _) => { });
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}, {what}\t{scheduler.FirstStep}\t{scheduler.LaterSteps}"));
}
