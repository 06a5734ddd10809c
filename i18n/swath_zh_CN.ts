<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1">
<context>
    <name>Swath</name>
    <message>
        <source>Set up the engine environment ...</source>
        <translation>配置引擎环境 ...</translation>
    </message>
    <message>
        <source>Set up the engine environment</source>
        <translation>配置引擎环境</translation>
    </message>
    <message>
        <source>Install again</source>
        <translation>重新安装</translation>
    </message>
    <message>
        <source>Install</source>
        <translation>安装</translation>
    </message>
    <message>
        <source>What to install</source>
        <translation>安装内容</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Compute on</source>
        <translation>计算设备</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>What the installer does is written here.</source>
        <translation>安装程序执行的操作将显示在此处。</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>修复</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Copy diagnosis</source>
        <translation>复制诊断信息</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Set up Swath&apos;s engine</source>
        <translation>配置 Swath 引擎</translation>
    </message>
    <message>
        <source>Repair Swath&apos;s engine</source>
        <translation>修复 Swath 引擎</translation>
    </message>
    <message>
        <source>Remove the engine environment? Your models and data are kept.</source>
        <translation>是否移除引擎环境？您的模型和数据将会保留。</translation>
    </message>
    <message>
        <source>Remove Swath&apos;s engine</source>
        <translation>移除 Swath 引擎</translation>
    </message>
    <message>
        <source>Trying the packages</source>
        <translation>正在测试软件包</translation>
    </message>
    <message>
        <source>Diagnose Swath&apos;s engine</source>
        <translation>诊断 Swath 引擎</translation>
    </message>
    <message>
        <source>The diagnosis is in the clipboard: paste it where you report the problem.</source>
        <translation>诊断信息已复制到剪贴板：请将其粘贴到问题报告中。</translation>
    </message>
    <message>
        <source>Stopping ...</source>
        <translation>正在停止 ...</translation>
    </message>
    <message>
        <source>Cancelled: nothing half-made was left.</source>
        <translation>已取消：未留下任何未完成的内容。</translation>
    </message>
    <message>
        <source>It did not work: see below.</source>
        <translation>操作失败：详见下方信息。</translation>
    </message>
    <message>
        <source>Fetching the installer uv</source>
        <translation>正在获取安装工具 uv</translation>
    </message>
    <message>
        <source>Creating the environment</source>
        <translation>正在创建环境</translation>
    </message>
    <message>
        <source>Installing the packages</source>
        <translation>正在安装软件包</translation>
    </message>
    <message>
        <source>Installing PyTorch</source>
        <translation>正在安装 PyTorch</translation>
    </message>
    <message>
        <source>Unpacking</source>
        <translation>正在解压</translation>
    </message>
    <message>
        <source>The engine environment is ready</source>
        <translation>引擎环境已就绪</translation>
    </message>
    <message>
        <source>{tier}, {build}, Python {python}</source>
        <translation>{tier}，{build}，Python {python}</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>Not set up yet</source>
        <translation>尚未配置</translation>
    </message>
    <message>
        <source>It was made for another version of Swath: press Repair.</source>
        <translation>该环境是为其他版本的 Swath 创建的：请点击“修复”。</translation>
    </message>
    <message>
        <source>Out of date</source>
        <translation>已过期</translation>
    </message>
    <message>
        <source>The variable SWATH_ENGINE_PYTHON names another interpreter, which is used: {path}</source>
        <translation>变量 SWATH_ENGINE_PYTHON 指定了另一个解释器，将使用该解释器：{path}</translation>
    </message>
    <message>
        <source>Chosen by you</source>
        <translation>由您指定</translation>
    </message>
    <message>
        <source>A set-up did not come to its end: press Install.</source>
        <translation>上次配置未能完成：请点击“安装”。</translation>
    </message>
    <message>
        <source>Unfinished</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>Apply models only</source>
        <translation>仅应用模型</translation>
    </message>
    <message>
        <source>Train and apply models</source>
        <translation>训练和应用模型</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>处理器 (CPU)</translation>
    </message>
    <message>
        <source>NVIDIA graphics card (CUDA)</source>
        <translation>NVIDIA 显卡 (CUDA)</translation>
    </message>
    <message>
        <source>Graphics card of any maker (DirectML)</source>
        <translation>任意厂商的显卡 (DirectML)</translation>
    </message>
    <message>
        <source>Apple silicon</source>
        <translation>Apple 芯片</translation>
    </message>
    <message>
        <source>{title}: fits this machine</source>
        <translation>{title}：适合本机</translation>
    </message>
    <message>
        <source>about {size} GB in {folder}</source>
        <translation>约 {size} GB，位于 {folder}</translation>
    </message>
    <message>
        <source>Deep learning on imagery</source>
        <translation>影像深度学习</translation>
    </message>
    <message>
        <source>{layer} has no field Classvalue or Value: all features are of one class</source>
        <translation>{layer} 没有 Classvalue 或 Value 字段：所有要素均视为同一类</translation>
    </message>
    <message>
        <source>Classify Pixels Using Deep Learning</source>
        <translation>使用深度学习分类像素</translation>
    </message>
    <message>
        <source>Imagery</source>
        <translation>影像</translation>
    </message>
    <message>
        <source>The raster to classify. A web layer (XYZ, WMS) needs an extent and a cell size.</source>
        <translation>要分类的栅格。网络图层（XYZ、WMS）需要指定范围和像元大小。</translation>
    </message>
    <message>
        <source>A model: its .onnx, .emd or .dlpk file, or the path of its folder.</source>
        <translation>模型：其 .onnx、.emd 或 .dlpk 文件，或模型文件夹的路径。</translation>
    </message>
    <message>
        <source>Classified raster</source>
        <translation>分类栅格</translation>
    </message>
    <message>
        <source>The class values, a GeoTIFF; names and colours stand beside it for QGIS and others.</source>
        <translation>类值栅格，GeoTIFF 格式；类名称和颜色保存在旁边的文件中，供 QGIS 及其他软件使用。</translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation>概率</translation>
    </message>
    <message>
        <source>A raster with one band for each class: how sure the model is. Optional.</source>
        <translation>每个类对应一个波段的栅格，表示模型的置信度。可选。</translation>
    </message>
    <message>
        <source>Padding (pixels)</source>
        <translation>填充（像素）</translation>
    </message>
    <message>
        <source>Overlap on each side of a tile that is thrown away. -1: the model&apos;s own, or a quarter.</source>
        <translation>分块每一侧因重叠而舍弃的宽度。-1：采用模型自身的值，或分块的四分之一。</translation>
    </message>
    <message>
        <source>Tile size (pixels)</source>
        <translation>分块大小（像素）</translation>
    </message>
    <message>
        <source>What goes through the network at once. 0: up to 1024, as the model allows.</source>
        <translation>一次送入网络的影像块大小。0：在模型允许的情况下最大为 1024。</translation>
    </message>
    <message>
        <source>Batch size</source>
        <translation>批大小</translation>
    </message>
    <message>
        <source>Tiles that go through the network together; changes speed and memory, not the result.</source>
        <translation>同时送入网络的分块数；影响速度和内存占用，不影响结果。</translation>
    </message>
    <message>
        <source>Predict background</source>
        <translation>预测背景</translation>
    </message>
    <message>
        <source>If off, each pixel gets the likeliest class that is not background.</source>
        <translation>关闭时，每个像素都取背景以外可能性最高的类。</translation>
    </message>
    <message>
        <source>Test-time augmentation</source>
        <translation>测试时增强</translation>
    </message>
    <message>
        <source>Averages over turned and flipped tiles: a little better, several times slower.</source>
        <translation>对旋转和翻转后的分块的预测结果取平均：效果略好，但耗时数倍。</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <source>Pixels of which the model is less sure than this (0 to 1) get no class.</source>
        <translation>模型置信度低于此值（0 到 1）的像素不赋予任何类。</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程数</translation>
    </message>
    <message>
        <source>Processor threads of the network. 0: as many as there are cores.</source>
        <translation>网络使用的处理器线程数。0：与处理器核心数相同。</translation>
    </message>
    <message>
        <source>Models (*.onnx *.emd *.dlpk)</source>
        <translation>模型 (*.onnx *.emd *.dlpk)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Create Sample Scene</source>
        <translation>创建示例场景</translation>
    </message>
    <message>
        <source>Size (pixels)</source>
        <translation>大小（像素）</translation>
    </message>
    <message>
        <source>Width and height of the picture in pixels.</source>
        <translation>影像的宽度和高度，以像素为单位。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Each number gives another scene; the same number gives the same scene again.</source>
        <translation>不同的数值生成不同的场景；相同的数值始终生成相同的场景。</translation>
    </message>
    <message>
        <source>Cell size (metres)</source>
        <translation>像元大小（米）</translation>
    </message>
    <message>
        <source>Side of a pixel in metres.</source>
        <translation>像素的边长，以米为单位。</translation>
    </message>
    <message>
        <source>Scene</source>
        <translation>场景</translation>
    </message>
    <message>
        <source>The picture, a GeoTIFF.</source>
        <translation>影像，GeoTIFF 格式。</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>Polygons with the fields Classvalue and Classname, a GeoPackage.</source>
        <translation>带有 Classvalue 和 Classname 字段的多边形，GeoPackage 格式。</translation>
    </message>
    <message>
        <source>Cancelling ...</source>
        <translation>正在取消 ...</translation>
    </message>
    <message>
        <source>the run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>the system ended it</source>
        <translation>被系统终止</translation>
    </message>
    <message>
        <source>Epoch {number} of {count}</source>
        <translation>轮次 {number}/{count}</translation>
    </message>
    <message>
        <source>signal {name}</source>
        <translation>信号 {name}</translation>
    </message>
    <message>
        <source>exit status {code}</source>
        <translation>退出状态 {code}</translation>
    </message>
    <message>
        <source>Export Training Data for Deep Learning</source>
        <translation>导出深度学习训练数据</translation>
    </message>
    <message>
        <source>Chip format</source>
        <translation>影像切片格式</translation>
    </message>
    <message>
        <source>How labels are stored; it decides which models can learn from the chips.</source>
        <translation>标注的存储方式；它决定哪些模型可以用这些影像切片进行训练。</translation>
    </message>
    <message>
        <source>Training data</source>
        <translation>训练数据</translation>
    </message>
    <message>
        <source>A page with the classes, their counts and sample chips; optional.</source>
        <translation>包含各类、各类数量和影像切片示例的网页；可选。</translation>
    </message>
    <message>
        <source>Number of chips</source>
        <translation>影像切片数</translation>
    </message>
    <message>
        <source>Number of labelled features</source>
        <translation>已标注要素数</translation>
    </message>
    <message>
        <source>Size of a chip in pixels.</source>
        <translation>影像切片的大小，以像素为单位。</translation>
    </message>
    <message>
        <source>Distance from one chip to the next in pixels; 0: the tile size, without overlap.</source>
        <translation>相邻影像切片之间的距离，以像素为单位；0：等于分块大小，即无重叠。</translation>
    </message>
    <message>
        <source>Tile width (pixels)</source>
        <translation>分块宽度（像素）</translation>
    </message>
    <message>
        <source>Tile height (pixels)</source>
        <translation>分块高度（像素）</translation>
    </message>
    <message>
        <source>Stride in x (pixels)</source>
        <translation>X 方向步幅（像素）</translation>
    </message>
    <message>
        <source>Stride in y (pixels)</source>
        <translation>Y 方向步幅（像素）</translation>
    </message>
    <message>
        <source>Picture format</source>
        <translation>影像格式</translation>
    </message>
    <message>
        <source>Chips without labels too</source>
        <translation>包括无标注的影像切片</translation>
    </message>
    <message>
        <source>Keeps chips without any label, as examples of what is nothing. Else they are left out.</source>
        <translation>保留不含任何标注的影像切片，作为无目标地物的样本。否则将舍弃这些切片。</translation>
    </message>
    <message>
        <source>Draws labels wider by this, in map units of the label layer: makes areas of points.</source>
        <translation>按此值向外扩展标注，以标注图层的地图单位计：可将点变为面。</translation>
    </message>
    <message>
        <source>Smallest part of a polygon</source>
        <translation>多边形的最小占比</translation>
    </message>
    <message>
        <source>A polygon counts in a chip if at least this part of its area (0 to 1) lies inside.</source>
        <translation>多边形位于影像切片内的面积占比（0 到 1）不低于此值时，才计入该切片。</translation>
    </message>
    <message>
        <source>Only chips that lie wholly inside of these polygons are made.</source>
        <translation>仅生成完全位于这些多边形内的影像切片。</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>波段</translation>
    </message>
    <message>
        <source>The bands to take, in this order. Empty: all but transparency.</source>
        <translation>要使用的波段，按此顺序。留空：除透明度波段外的所有波段。</translation>
    </message>
    <message>
        <source>raster</source>
        <translation>栅格</translation>
    </message>
    <message>
        <source>layer</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>Bringing the label raster to {crs}</source>
        <translation>正在将标注栅格转换到 {crs}</translation>
    </message>
    <message>
        <source>Extent</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>The part of the raster to use, in any coordinate reference system. Empty: all of it.</source>
        <translation>要使用的栅格部分，可采用任意坐标参考系。留空：使用整个栅格。</translation>
    </message>
    <message>
        <source>Cell size</source>
        <translation>像元大小</translation>
    </message>
    <message>
        <source>Mask polygons</source>
        <translation>掩膜多边形</translation>
    </message>
    <message>
        <source>AUTO takes a graphics processor where there is one that works, else the CPU. GPU fails without one.</source>
        <translation>AUTO 在有可用的图形处理器时使用图形处理器，否则使用 CPU。GPU 在没有图形处理器时会失败。</translation>
    </message>
    <message>
        <source>Number of the graphics processor, where there are several; the first is 0.</source>
        <translation>有多个图形处理器时所用的编号；第一个为 0。</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>GPU number</source>
        <translation>GPU 编号</translation>
    </message>
    <message>
        <source>Class field</source>
        <translation>类字段</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Web page (*.html)</source>
        <translation>网页 (*.html)</translation>
    </message>
    <message>
        <source>Compute Accuracy for Pixel Classification</source>
        <translation>计算像素分类精度</translation>
    </message>
    <message>
        <source>A raster of class values.</source>
        <translation>类值栅格。</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>参考数据</translation>
    </message>
    <message>
        <source>Confusion matrix</source>
        <translation>混淆矩阵</translation>
    </message>
    <message>
        <source>A table: a row for each classified class, a column for each reference class.</source>
        <translation>表格：每个分类结果类为一行，每个参考类为一列。</translation>
    </message>
    <message>
        <source>A page with the matrix and the measures; optional.</source>
        <translation>包含混淆矩阵和各项指标的网页；可选。</translation>
    </message>
    <message>
        <source>Overall accuracy</source>
        <translation>总体精度</translation>
    </message>
    <message>
        <source>Kappa</source>
        <translation>Kappa 系数</translation>
    </message>
    <message>
        <source>Mean IoU</source>
        <translation>平均 IoU</translation>
    </message>
    <message>
        <source>Drawing the layer {name} into a temporary GeoTIFF</source>
        <translation>正在将图层 {name} 绘制为临时 GeoTIFF</translation>
    </message>
    <message>
        <source>Train Deep Learning Model</source>
        <translation>训练深度学习模型</translation>
    </message>
    <message>
        <source>Model folder</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>A new or empty folder. An interrupted training of the same job goes on where it was.</source>
        <translation>新文件夹或空文件夹。同一作业的训练若曾中断，将从中断处继续。</translation>
    </message>
    <message>
        <source>A copy of the page with losses and accuracy; optional.</source>
        <translation>包含损失和精度的网页的副本；可选。</translation>
    </message>
    <message>
        <source>Model of the best epoch</source>
        <translation>最佳轮次的模型</translation>
    </message>
    <message>
        <source>Model of the last epoch</source>
        <translation>最后轮次的模型</translation>
    </message>
    <message>
        <source>Best value of what is monitored</source>
        <translation>监控指标的最佳值</translation>
    </message>
    <message>
        <source>The folder written by Export Training Data, or by ArcGIS Pro.</source>
        <translation>由“导出深度学习训练数据”或 ArcGIS Pro 生成的文件夹。</translation>
    </message>
    <message>
        <source>More training data</source>
        <translation>更多训练数据</translation>
    </message>
    <message>
        <source>Further folders with the same format, bands and classes, one a line.</source>
        <translation>格式、波段和类均相同的其他文件夹，每行一个。</translation>
    </message>
    <message>
        <source>Model type</source>
        <translation>模型类型</translation>
    </message>
    <message>
        <source>Backbone</source>
        <translation>骨干网络</translation>
    </message>
    <message>
        <source>Backbone weights</source>
        <translation>骨干网络权重</translation>
    </message>
    <message>
        <source>Model arguments</source>
        <translation>模型参数</translation>
    </message>
    <message>
        <source>Most epochs</source>
        <translation>最大轮次数</translation>
    </message>
    <message>
        <source>Learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>Validation (percent)</source>
        <translation>验证（百分比）</translation>
    </message>
    <message>
        <source>The part of the chips that judges the model and is not learnt from.</source>
        <translation>用于评价模型而不参与训练的影像切片所占的比例。</translation>
    </message>
    <message>
        <source>Stop when it gets no better</source>
        <translation>不再改善时停止</translation>
    </message>
    <message>
        <source>Keep backbone weights</source>
        <translation>冻结骨干网络权重</translation>
    </message>
    <message>
        <source>Leaves loaded backbone weights as they are. Without loaded weights everything learns.</source>
        <translation>保持已加载的骨干网络权重不变。未加载权重时，整个网络都参与训练。</translation>
    </message>
    <message>
        <source>Monitored value</source>
        <translation>监控指标</translation>
    </message>
    <message>
        <source>Model name</source>
        <translation>模型名称</translation>
    </message>
    <message>
        <source>Name of the files in the model folder. Empty: the folder&apos;s own name.</source>
        <translation>模型文件夹中各文件的名称。留空：采用该文件夹的名称。</translation>
    </message>
    <message>
        <source>Augmentation</source>
        <translation>数据增强</translation>
    </message>
    <message>
        <source>file</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>{count} invalid geometries of {layer} were repaired for this run</source>
        <translation>已为本次运行修复 {layer} 中的 {count} 个无效几何</translation>
    </message>
    <message>
        <source>{count} features of {layer} were left out: their geometry cannot be used</source>
        <translation>已忽略 {layer} 中的 {count} 个要素：其几何无法使用</translation>
    </message>
    <message>
        <source>{count} features of {layer} were left out: their class field is empty</source>
        <translation>已忽略 {layer} 中的 {count} 个要素：其类字段为空</translation>
    </message>
    <message>
        <source>From Labels to Map (all steps)</source>
        <translation>从标注到地图（全部步骤）</translation>
    </message>
    <message>
        <source>Compares a classified raster with reference labels pixel by pixel: a confusion matrix with precision, recall, F1 and IoU of each class, overall accuracy and kappa.</source>
        <translation>逐像素比较分类栅格与参考标注：生成混淆矩阵，其中包含每个类的精确率、召回率、F1 和 IoU，以及总体精度和 Kappa 系数。</translation>
    </message>
    <message>
        <source>Cuts imagery and labels into small pictures (chips) from which a model learns. The folder is laid out as ArcGIS Pro does it, so either program reads it. An existing folder of the same kind is added to.</source>
        <translation>将影像和标注裁切为供模型学习的小幅影像（影像切片）。文件夹的结构与 ArcGIS Pro 相同，两个程序均可读取。如果已有同类文件夹，则向其中追加。</translation>
    </message>
    <message>
        <source>Draws an aerial picture of a made-up town and country, and polygons of what stands where. Use it to try the whole way from labels to a classified map in minutes, without data of your own.</source>
        <translation>绘制一幅虚构城镇与乡村的航空影像，以及表示各处地物的多边形。无需自备数据，即可在几分钟内体验从标注到分类地图的完整流程。</translation>
    </message>
    <message>
        <source>Side of a pixel in map units of the raster. 0: the raster&apos;s own. Web layers have no pixels of their own and need it, together with an extent.</source>
        <translation>像素的边长，以栅格的地图单位计。0：采用栅格自身的像元大小。网络图层自身没有像素，因此必须指定像元大小以及范围。</translation>
    </message>
    <message>
        <source>Swath runs models in a Python environment of its own, apart from QGIS. It is downloaded only when you press Install.</source>
        <translation>Swath 在独立于 QGIS 的 Python 环境中运行模型。仅当您点击“安装”时才会下载该环境。</translation>
    </message>
    <message>
        <source>The field that tells classes apart, of whole numbers from 1 on or of text; texts are numbered from 1 in sorted order. Empty: Classvalue, else Value, else all features are of one class. Not for raster labels.</source>
        <translation>用于区分类的字段，其值为从 1 开始的整数或文本；文本按排序后的顺序从 1 开始编号。留空：使用 Classvalue 字段，若没有则使用 Value 字段，否则所有要素均视为同一类。不适用于栅格标注。</translation>
    </message>
    <message>
        <source>Trains a network on exported chips and writes a model folder: the model itself (ONNX), its description (.emd), weights, a package of both, and a page with its accuracy. A part of the chips, in places of its own, is kept for validation.</source>
        <translation>使用导出的影像切片训练网络，并写出模型文件夹：模型本身 (ONNX)、模型描述 (.emd)、权重、将它们打包在一起的模型包，以及包含精度的网页。其中一部分位置独立的影像切片留作验证。</translation>
    </message>
    <message>
        <source>What is true: polygons, lines or points with classes, or a raster of class values. Texts are matched with the class names of the classified raster.</source>
        <translation>真实情况：带有类的多边形、线或点，或类值栅格。文本按分类栅格的类名称进行匹配。</translation>
    </message>
    <message>
        <source>Applies a trained model to a raster of any size and writes a raster of class values with the classes&apos; names and colours. An interrupted run goes on where it was, if it is started again in the same way.</source>
        <translation>将训练好的模型应用于任意大小的栅格，并写出带有类别名称和颜色的类别值栅格。中断的运行若以相同方式重新启动，将从中断处继续。</translation>
    </message>
    <message>
        <source>Only pixels inside of these polygons are classified; the rest is no data.</source>
        <translation>仅对这些多边形内的像元进行分类；其余为无数据。</translation>
    </message>
    <message>
        <source>one of {words}</source>
        <translation>{words} 之一</translation>
    </message>
    <message>
        <source>a number {bounds}</source>
        <translation>一个数字 {bounds}</translation>
    </message>
    <message>
        <source>The raster {name} is left out: {reason}</source>
        <translation>已忽略栅格 {name}：{reason}</translation>
    </message>
    <message>
        <source>Polygons, lines or points with classes, or a raster of class values; in any coordinate reference system. EXPORT_TILES and CYCLEGAN do without; given all the same, they leave out chips without labels.</source>
        <translation>带有类的多边形、线或点，或类值栅格；可采用任意坐标参考系。EXPORT_TILES 和 CYCLEGAN 不需要标注；如仍指定标注，则会舍弃不含标注的影像切片。</translation>
    </message>
    <message>
        <source>PANOPTIC_SEGMENTATION only: polygons of single objects with their classes, or a raster of class values, whose connected regions are the objects. Empty: those of the labels.</source>
        <translation>仅用于 PANOPTIC_SEGMENTATION：表示单个对象并带有类的多边形，或类值栅格（其中每个连通区域为一个对象）。留空：采用标注中的对象。</translation>
    </message>
    <message>
        <source>The raster to cut. A web layer (XYZ, WMS) needs an extent and a cell size. It may be left out where a folder of rasters is given.</source>
        <translation>要裁切的栅格。网络图层（XYZ、WMS）需要指定范围和像元大小。如果已指定栅格文件夹，则可以留空。</translation>
    </message>
    <message>
        <source>A new or empty folder, or one with chips of the same format, bands and tile size, which is added to. An export that was cancelled is continued by the same one.</source>
        <translation>新文件夹或空文件夹，或者已含有相同格式、波段和分块大小的影像切片的文件夹（将向其中追加）。被取消的导出可通过再次运行相同的导出来继续。</translation>
    </message>
    <message>
        <source>Further rasters of the same bands to cut, into the same folder of chips.</source>
        <translation>要裁切的其他栅格，波段须相同，结果写入同一个影像切片文件夹。</translation>
    </message>
    <message>
        <source>All rasters in this folder are cut, too, in the order of their names; not those below it.</source>
        <translation>还将按名称顺序裁切此文件夹中的所有栅格，但不包括子文件夹中的栅格。</translation>
    </message>
    <message>
        <source>PROCESS_AS_MOSAICKED_IMAGE joins several rasters to one on the grid of the first, which lies on top where they overlap. PROCESS_ITEMS_SEPARATELY cuts one after another, each on its own grid and in its own coordinate reference system; so it must be for pictures without georeference.</source>
        <translation>PROCESS_AS_MOSAICKED_IMAGE 按第一个栅格的格网将多个栅格镶嵌为一个，重叠处以第一个栅格为准。PROCESS_ITEMS_SEPARATELY 依次单独裁切各个栅格，每个栅格均采用其自身的格网和坐标参考系；没有地理参考的影像必须使用此选项。</translation>
    </message>
    <message>
        <source>CLASSIFIED_TILES and EXPORT_TILES: a raster of the same place, as of another time or sensor; each chip gets a second picture of it, on the grid of the first. CYCLEGAN: needed, a raster of any place, cut by itself. Other formats take none.</source>
        <translation>CLASSIFIED_TILES 和 EXPORT_TILES：同一地点的另一个栅格，例如来自其他时间或传感器；每个影像切片将由此获得第二幅影像，并采用第一幅影像的格网。CYCLEGAN：必填，可为任意地点的栅格，单独裁切。其他格式不使用此参数。</translation>
    </message>
    <message>
        <source>TIFF and MRF take any pixels. PNG takes 1 or 3 bands of 8 or 16 bits, JPEG 1 or 3 bands of 8 bits and loses detail: choose such bands (BANDS).</source>
        <translation>TIFF 和 MRF 支持任意像素类型。PNG 支持 1 个或 3 个 8 位或 16 位波段，JPEG 支持 1 个或 3 个 8 位波段且会损失细节：请选择符合要求的波段 (BANDS)。</translation>
    </message>
    <message>
        <source>Besides each chip as it is, further ones are cut, turned clockwise about its middle by this angle, by twice this angle and so on below 360 degrees; from 1 to less than 360. 0: none.</source>
        <translation>除原有的每个影像切片外，还将绕其中心顺时针旋转此角度、此角度的两倍等（小于 360 度），裁切出更多影像切片；取值从 1 到小于 360。0：不旋转。</translation>
    </message>
    <message>
        <source>MAP_SPACE: chips lie on the map. PIXEL_SPACE: they have no map coordinates but count the raster&apos;s pixels; for pictures taken at a slant, whose models are applied in pixel space, too.</source>
        <translation>MAP_SPACE：影像切片位于地图空间中。PIXEL_SPACE：影像切片没有地图坐标，而以栅格的像素计数；适用于倾斜拍摄的影像，其模型同样在像素空间中应用。</translation>
    </message>
    <message>
        <source>LABELED_TILES and IMAGENET only: pixels outside of a chip&apos;s feature become 0.</source>
        <translation>仅用于 LABELED_TILES 和 IMAGENET：影像切片中要素以外的像素将变为 0。</translation>
    </message>
    <message>
        <source>LABELED_TILES and IMAGENET only. FIXED_SIZE: chips of the tile size with the feature in the middle. BOUNDING_BOX: chips as large as the feature.</source>
        <translation>仅用于 LABELED_TILES 和 IMAGENET。FIXED_SIZE：影像切片为分块大小，要素位于中心。BOUNDING_BOX：影像切片与要素的边界框大小相同。</translation>
    </message>
    <message>
        <source>Instance labels</source>
        <translation>实例标注</translation>
    </message>
    <message>
        <source>More rasters</source>
        <translation>更多栅格</translation>
    </message>
    <message>
        <source>Folder of rasters</source>
        <translation>栅格文件夹</translation>
    </message>
    <message>
        <source>Several rasters</source>
        <translation>多个栅格的处理模式</translation>
    </message>
    <message>
        <source>Second raster</source>
        <translation>第二个栅格</translation>
    </message>
    <message>
        <source>Rotation angle (degrees)</source>
        <translation>旋转角度（度）</translation>
    </message>
    <message>
        <source>Reference system</source>
        <translation>参考系统</translation>
    </message>
    <message>
        <source>Blacken around feature</source>
        <translation>将要素周围变黑</translation>
    </message>
    <message>
        <source>Crop mode</source>
        <translation>裁剪模式</translation>
    </message>
    <message>
        <source>Buffer radius (map units)</source>
        <translation>缓冲区半径（地图单位）</translation>
    </message>
    <message>
        <source>The chips so far are in {folder}: the same export continues there.</source>
        <translation>目前已生成的影像切片位于 {folder} 中：再次运行相同的导出将从该处继续。</translation>
    </message>
    <message>
        <source>points</source>
        <translation>点</translation>
    </message>
    <message>
        <source>lines</source>
        <translation>线</translation>
    </message>
    <message>
        <source>a number of bands of</source>
        <translation>波段数</translation>
    </message>
    <message>
        <source>the pixel type</source>
        <translation>像素类型</translation>
    </message>
    <message>
        <source>{name} and {count} more</source>
        <translation>{name} 及其他 {count} 个</translation>
    </message>
    <message>
        <source>Class field of {labels}</source>
        <translation>{labels}的类字段</translation>
    </message>
    <message>
        <source>0 (as the chips are), or at least {least} pixels</source>
        <translation>0（影像切片的原大小），或至少 {least} 个像素</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>空</translation>
    </message>
    <message>
        <source>a number above 0, up to 1 (all chips)</source>
        <translation>一个大于 0 且不超过 1（全部影像切片）的数字</translation>
    </message>
    <message>
        <source>file or folder</source>
        <translation>文件或文件夹</translation>
    </message>
    <message>
        <source>pixels for each class, like 1 5;2 3, or one number for all of them, up to {most}</source>
        <translation>每个类的像素数，例如 1 5;2 3，或适用于所有类的一个数字，最大为 {most}</translation>
    </message>
    <message>
        <source>the least and the greatest pixels for each class, like 1 0 10;2 1 5, or two numbers for all of them, up to {most}</source>
        <translation>每个类的最小和最大像素数，例如 1 0 10;2 1 5，或适用于所有类的两个数字，最大为 {most}</translation>
    </message>
    <message>
        <source>whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>number</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>whole numbers</source>
        <translation>多个整数</translation>
    </message>
    <message>
        <source>numbers</source>
        <translation>多个数字</translation>
    </message>
    <message>
        <source>{kind} from {least} to {most}</source>
        <translation>{kind}，从 {least} 到 {most}</translation>
    </message>
    <message>
        <source>{kind} from {least} on</source>
        <translation>{kind}，最小为 {least}</translation>
    </message>
    <message>
        <source>The epochs so far are in {folder}: the same training goes on there.</source>
        <translation>目前已完成的轮次位于 {folder} 中：再次运行相同的训练将从该处继续。</translation>
    </message>
    <message>
        <source>Models (*.emd *.dlpk *.onnx *.safetensors *.ckpt)</source>
        <translation>模型 (*.emd *.dlpk *.onnx *.safetensors *.ckpt)</translation>
    </message>
    <message>
        <source>Needs labels of points or lines, kept beside the chips by Export Training Data.</source>
        <translation>需要点或线标注，由“导出深度学习训练数据”保存在影像切片旁。</translation>
    </message>
    <message>
        <source>Draws chips of rare classes more often: the greatest weight in the first epoch, falling to the least in the last. 0 and 0: all chips alike. Useful greatest weights are 1 to 6; for sparse features try 2 and 3. Up to 10.</source>
        <translation>更频繁地抽取稀有类的影像切片：第一个轮次采用最大权重，逐渐降低，到最后一个轮次为最小权重。均为 0：所有影像切片同等对待。最大权重的实用取值为 1 到 6；对于稀疏要素，可尝试 2 和 3。最大为 10。</translation>
    </message>
    <message>
        <source>The same seed, data and settings give the same model; another one tries another chance.</source>
        <translation>随机种子、数据和设置均相同时，得到的模型也相同；更换随机种子则得到另一个随机结果。</translation>
    </message>
    <message>
        <source>Empty: none, the network learns from nothing. DEFAULT: pretrained ones, downloaded by the library. Or a file (.safetensors, .pth) or its folder.</source>
        <translation>留空：不使用预训练权重，网络从零开始学习。DEFAULT：使用由库下载的预训练权重。也可指定文件（.safetensors、.pth）或其所在的文件夹。</translation>
    </message>
    <message>
        <source>How often all chips are seen, at most. ENVI&apos;s preset: 25.</source>
        <translation>所有影像切片最多参与训练的遍数。ENVI 预设：25。</translation>
    </message>
    <message>
        <source>Chips that are learnt from at once (ENVI: patches per batch). 0: found by memory.</source>
        <translation>每次同时学习的影像切片数（ENVI：每批图块数）。0：根据可用内存自动确定。</translation>
    </message>
    <message>
        <source>How fast the network changes, like 0.001. 0: found by a short test.</source>
        <translation>网络更新的快慢，例如 0.001。0：通过一次简短测试自动确定。</translation>
    </message>
    <message>
        <source>Ends the training when 5 epochs in a row brought nothing.</source>
        <translation>当连续 5 个轮次没有改善时结束训练。</translation>
    </message>
    <message>
        <source>A trained model to go on from: its .emd, .dlpk, .onnx, .safetensors or .ckpt file, or the path of its folder. Model type and backbone are its own; classes and bands may differ: those that both have keep what was learnt.</source>
        <translation>作为训练起点的已训练模型：其 .emd、.dlpk、.onnx、.safetensors 或 .ckpt 文件，或其文件夹的路径。模型类型和骨干网络沿用该模型；类和波段可以不同：两者共有的部分会保留已学到的内容。</translation>
    </message>
    <message>
        <source>Side of the square that is cut out of each chip and learnt from (ENVI: patch size), at least 16. 0: the chips as they are. ENVI&apos;s preset: 464, or the next smaller size that the chips hold.</source>
        <translation>从每个影像切片中裁取并用于学习的正方形的边长（ENVI：图块大小），至少为 16。0：按影像切片的原大小。ENVI 预设：464；影像切片较小时，则为其所能容纳的次一级大小。</translation>
    </message>
    <message>
        <source>ARCGIS: the values shown here. ENVI gives its own to all that is left at the value shown here: model type UNETPLUSPLUS, 25 epochs, chip size 464, background patch ratio 0.15, unlabelled pixels learnt as background.</source>
        <translation>ARCGIS：此处显示的值。ENVI 将所有保持此处显示值的参数改为其自身的值：模型类型 UNETPLUSPLUS，25 个轮次，影像切片大小 464，背景图块比 0.15，未标注的像素作为背景学习。</translation>
    </message>
    <message>
        <source>How chips are changed by chance while learning. DEFAULT: turned, flipped, zoomed and recoloured. NONE: not at all. CUSTOM: as the augmentation parameters say. FILE: as the file transforms.json in the first folder of chips says.</source>
        <translation>训练时对影像切片进行随机变换的方式。DEFAULT：旋转、翻转、缩放和颜色变换。NONE：不变换。CUSTOM：按数据增强参数进行。FILE：按第一个影像切片文件夹中的文件 transforms.json 进行。</translation>
    </message>
    <message>
        <source>For CUSTOM, one a line: a name with its values and, after a semicolon, its chance from 0 to 1. As ArcGIS has them: rotate 30; 0.5 (degrees), brightness (0.4, 0.6); 1 (0.5 changes nothing), contrast (0.75, 1.5); 1, zoom (1.0, 1.2); 1 (factors), crop 224; 1 (pixels). And flip 1. rotate, scale and flip alone are ENVI&apos;s switches.</source>
        <translation>用于 CUSTOM，每行一项：名称及其值，分号之后为其概率（0 到 1）。与 ArcGIS 相同：rotate 30; 0.5（度）、brightness (0.4, 0.6); 1（0.5 表示不变）、contrast (0.75, 1.5); 1、zoom (1.0, 1.2); 1（倍数）、crop 224; 1（像素）。另有 flip 1。单独写 rotate、scale 和 flip 时，相当于 ENVI 的开关。</translation>
    </message>
    <message>
        <source>What the first layer of loaded weights starts with where images have more than three bands. RANDOM: the further bands by chance. RED_BAND: the further bands like the red one. ALL_RANDOM: all bands by chance.</source>
        <translation>影像多于三个波段时，已加载权重的第一层的初始值。RANDOM：其余波段随机初始化。RED_BAND：其余波段与红波段相同。ALL_RANDOM：所有波段随机初始化。</translation>
    </message>
    <message>
        <source>Chips are parted for validation, and learnt, in an order by chance (by the seed). Off: the same parts for every seed, and the order of the folder.</source>
        <translation>按随机顺序（由随机种子决定）划分验证用的影像切片并进行学习。关闭时：任何随机种子的划分都相同，并按文件夹中的顺序学习。</translation>
    </message>
    <message>
        <source>The part of the chips with features that is used, for learning and validation: above 0, up to 1 (all). Less is faster.</source>
        <translation>含要素的影像切片中用于学习和验证的比例：大于 0，最大为 1（全部）。比例越小，训练越快。</translation>
    </message>
    <message>
        <source>How many chips with nothing but background are drawn in an epoch for each chip with features. More of them mean fewer false finds. Empty: all chips as they are. ENVI&apos;s preset: 0.15.</source>
        <translation>每个轮次中，相对于每个含要素的影像切片，抽取多少个仅含背景的影像切片。数值越大，误检越少。留空：使用全部影像切片。ENVI 预设：0.15。</translation>
    </message>
    <message>
        <source>Boxes narrower than 25 pixels are learnt 25 pixels wide. For the detection of objects.</source>
        <translation>宽度小于 25 个像素的边界框按 25 个像素宽学习。用于对象检测。</translation>
    </message>
    <message>
        <source>0 to 1: how far the loss favours pixels of features over those of the background. 0: both alike. For sparse features 0.8 and more.</source>
        <translation>0 到 1：损失偏重要素像素而非背景像素的程度。0：两者同等对待。对于稀疏要素，建议取 0.8 或更大的值。</translation>
    </message>
    <message>
        <source>Batch size (chips)</source>
        <translation>批大小（影像切片数）</translation>
    </message>
    <message>
        <source>Pretrained model</source>
        <translation>预训练模型</translation>
    </message>
    <message>
        <source>Chip size (pixels)</source>
        <translation>影像切片大小（像素）</translation>
    </message>
    <message>
        <source>Resize to (pixels)</source>
        <translation>调整大小至（像素）</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>Augmentation parameters</source>
        <translation>数据增强参数</translation>
    </message>
    <message>
        <source>First layer</source>
        <translation>第一层</translation>
    </message>
    <message>
        <source>Shuffle chips</source>
        <translation>随机打乱影像切片</translation>
    </message>
    <message>
        <source>Part of the feature chips</source>
        <translation>含要素影像切片的使用比例</translation>
    </message>
    <message>
        <source>Background chips for each feature chip</source>
        <translation>背景影像切片与含要素影像切片之比</translation>
    </message>
    <message>
        <source>Pad small features</source>
        <translation>填充小要素</translation>
    </message>
    <message>
        <source>Solid distance (pixels)</source>
        <translation>实心距离（像素）</translation>
    </message>
    <message>
        <source>Blur distance (pixels)</source>
        <translation>模糊距离（像素）</translation>
    </message>
    <message>
        <source>Least class weight</source>
        <translation>最小类权重</translation>
    </message>
    <message>
        <source>Greatest class weight</source>
        <translation>最大类权重</translation>
    </message>
    <message>
        <source>Loss weight</source>
        <translation>损失权重</translation>
    </message>
    <message>
        <source>The kind of network. AUTO: by preset, pretrained model and format of the chips. {types}</source>
        <translation>网络的种类。AUTO：由预设、预训练模型和影像切片的格式决定。{types}</translation>
    </message>
    <message>
        <source>The part of the network that sees. Empty: the model type&apos;s own, in brackets below. Where offered, timm:NAME takes any of the library timm. {backbones}</source>
        <translation>网络中提取影像特征的部分。留空：采用模型类型的默认骨干网络，见下方括号。在支持的模型类型中，可用 timm:NAME 指定 timm 库中的任意骨干网络。{backbones}</translation>
    </message>
    <message>
        <source>Settings of the model type, as name value;name value, or as a JSON object. In brackets: values; default. {arguments}</source>
        <translation>模型类型的设置，写成“名称 值;名称 值”的形式，或写成 JSON 对象。括号中为：可用的值；默认值。{arguments}</translation>
    </message>
    <message>
        <source>How far around a point or line pixels are of its class, as class pixels;class pixels with the value or name of the class, or one number for all: Road 4;Path 1. {needed}</source>
        <translation>点或线周围多远以内的像素属于其类，写成“类 像素数;类 像素数”的形式（类可用其值或名称表示），或用一个数字表示所有类：Road 4;Path 1。{needed}</translation>
    </message>
    <message>
        <source>How far beyond the solid distance features fade out: the greatest distance in the first epoch, the least in the last. As class least greatest;..., or two numbers for all: Road 1 10;Path 0 5. {needed}</source>
        <translation>要素在实心距离之外逐渐淡出的距离：第一个轮次为最大距离，最后一个轮次为最小距离。写成“类 最小值 最大值;...”的形式，或用两个数字表示所有类：Road 1 10;Path 0 5。{needed}</translation>
    </message>
    <message>
        <source>Bringing {layer} to {crs}</source>
        <translation>正在将 {layer} 转换到 {crs}</translation>
    </message>
    <message>
        <source>points and lines</source>
        <translation>点和线</translation>
    </message>
    <message>
        <source>The models are in {path}: edit them from the toolbox, under Models.</source>
        <translation>模型位于 {path}：可在工具箱的“模型”下编辑。</translation>
    </message>
    <message>
        <source>Copy the graphical models to my models</source>
        <translation>将图形模型复制到我的模型</translation>
    </message>
    <message>
        <source>The models could not be copied to {path}: {reason}.</source>
        <translation>无法将模型复制到 {path}：{reason}。</translation>
    </message>
    <message>
        <source>the classification of pixels</source>
        <translation>像素分类</translation>
    </message>
    <message>
        <source>the detection of objects</source>
        <translation>对象检测</translation>
    </message>
    <message>
        <source>Detect Objects Using Deep Learning</source>
        <translation>使用深度学习检测对象</translation>
    </message>
    <message>
        <source>a program that knows such models</source>
        <translation>支持此类模型的程序</translation>
    </message>
    <message>
        <source>Finds objects such as vehicles, trees or buildings in a raster of any size with a trained model and writes a polygon for each one, with its class and how sure the model is (0 to 1). Objects at the edges of tiles come out whole and once.</source>
        <translation>使用训练好的模型在任意大小的栅格中查找车辆、树木或建筑物等对象，并为每个对象写出一个多边形，附带其类和模型的置信度（0 到 1）。位于分块边缘的对象也完整输出，且只输出一次。</translation>
    </message>
    <message>
        <source>Overlap on each side of a tile; objects with their middle there are left to the next tile. -1: the model&apos;s own, or a quarter. It should be at least half as wide as the largest objects.</source>
        <translation>分块每一侧的重叠宽度；中心位于其中的对象由相邻分块负责。-1：采用模型自身的值，或分块的四分之一。该值应至少为最大对象宽度的一半。</translation>
    </message>
    <message>
        <source>{count} objects were found (threshold {threshold}): {classes}</source>
        <translation>找到 {count} 个对象（阈值 {threshold}）：{classes}</translation>
    </message>
    <message>
        <source>The raster to search. A web layer (XYZ, WMS) needs an extent and a cell size.</source>
        <translation>要在其中查找对象的栅格。网络图层（XYZ、WMS）需要指定范围和像元大小。</translation>
    </message>
    <message>
        <source>Objects of which the model is less sure than this (0 to 1) are left out. -1: the model&apos;s own, found in its training, else 0.5. Lower: more objects are found, and more of them are wrong.</source>
        <translation>舍弃模型置信度低于此值（0 到 1）的对象。-1：采用模型训练时得出的自身阈值，如没有则为 0.5。值越低，找到的对象越多，其中错误的也越多。</translation>
    </message>
    <message>
        <source>Polygons with the fields Classname, Classvalue and Confidence (0 to 1); boxes, or outlines where the model finds them. A raster without objects gives a layer without features.</source>
        <translation>带有字段 Classname、Classvalue 和 Confidence（0 到 1）的多边形：边界框，或在模型支持时为轮廓。栅格中没有对象时，得到不含要素的图层。</translation>
    </message>
    <message>
        <source>Of objects of one class that overlap, in the whole result, only the surest is kept.</source>
        <translation>在整个结果中，同类对象相互重叠时，仅保留置信度最高的一个。</translation>
    </message>
    <message>
        <source>For the suppression: two objects are the same if the area that both cover, divided by the area that they cover together, is above this (0 to 1).</source>
        <translation>用于抑制：如果两个对象的交集面积除以并集面积大于此值（0 到 1），则视为同一对象。</translation>
    </message>
    <message>
        <source>The same ratio for what the network finds in one tile; this is done always. Objects that stand close together want a larger one, such as 0.5.</source>
        <translation>针对网络在单个分块中找到的对象的同一比值；此步骤始终执行。对象彼此靠近时，宜采用较大的值，例如 0.5。</translation>
    </message>
    <message>
        <source>What the edge of a tile cuts is left out where the next tile, which has it whole, finds nothing. Off: such parts of objects are kept.</source>
        <translation>对于被分块边缘截断的部分，如果包含完整对象的相邻分块未找到该对象，则舍弃该部分。关闭：保留对象的此类部分。</translation>
    </message>
    <message>
        <source>Makes outlines right-angled, as of buildings. Only for models that find outlines.</source>
        <translation>将轮廓变为直角，例如建筑物。仅适用于能给出轮廓的模型。</translation>
    </message>
    <message>
        <source>a number from 0 to 1, or -1 for the model&apos;s own</source>
        <translation>0 到 1 之间的数字，或 -1（采用模型自身的值）</translation>
    </message>
    <message>
        <source>Detected objects</source>
        <translation>检测到的对象</translation>
    </message>
    <message>
        <source>Number of objects</source>
        <translation>对象数</translation>
    </message>
    <message>
        <source>Non maximum suppression</source>
        <translation>非极大值抑制</translation>
    </message>
    <message>
        <source>Largest overlap</source>
        <translation>最大重叠率</translation>
    </message>
    <message>
        <source>Largest overlap in a tile</source>
        <translation>分块内的最大重叠率</translation>
    </message>
    <message>
        <source>Leave out objects cut by a tile</source>
        <translation>舍弃被分块截断的对象</translation>
    </message>
    <message>
        <source>Right-angled outlines</source>
        <translation>直角轮廓</translation>
    </message>
    <message>
        <source>Only objects with their middle inside of these polygons are kept.</source>
        <translation>仅保留中心位于这些多边形内的对象。</translation>
    </message>
    <message>
        <source>the engine left no layer there</source>
        <translation>引擎未在该处写出图层</translation>
    </message>
    <message>
        <source>it cannot be created</source>
        <translation>无法创建</translation>
    </message>
    <message>
        <source>Non Maximum Suppression</source>
        <translation>非极大值抑制</translation>
    </message>
    <message>
        <source>Finds objects of the same class that overlap, keeps the surest and leaves out the others. The surest of all comes first; of equally sure ones, the first in the layer. Outlines count, not only boxes.</source>
        <translation>查找相互重叠的同类对象，保留置信度最高的，舍弃其他对象。从置信度最高的对象开始处理；置信度相同时，以图层中靠前的为先。比较的是轮廓，而不仅是边界框。</translation>
    </message>
    <message>
        <source>Polygons, such as Detect Objects gives, in any coordinate reference system.</source>
        <translation>多边形，例如对象检测工具的结果；可采用任意坐标参考系。</translation>
    </message>
    <message>
        <source>{count} of {all} objects stay</source>
        <translation>保留 {count} 个对象，共 {all} 个</translation>
    </message>
    <message>
        <source>Two objects are the same if the area that both cover, divided by the area that they cover together, is above this (0 to 1). 0: none may overlap; those that only touch stay. Areas are measured in the layer&apos;s own units, also in degrees: of two objects close together the ratio is the same.</source>
        <translation>如果两个对象的交集面积除以并集面积大于此值（0 到 1），则视为同一对象。0：不允许任何重叠；仅相接的对象保留。面积以图层自身的单位计算，以度为单位时也是如此：对于彼此靠近的两个对象，比值不变。</translation>
    </message>
    <message>
        <source>The objects that stay, with all their fields.</source>
        <translation>保留的对象及其所有字段。</translation>
    </message>
    <message>
        <source>Objects without overlaps</source>
        <translation>无重叠的对象</translation>
    </message>
    <message>
        <source>Objects</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>Compute Accuracy for Object Detection</source>
        <translation>计算对象检测的精度</translation>
    </message>
    <message>
        <source>Compares found objects with true ones: how many were found, missed and invented of each class, precision, recall, F1 and average precision (AP), and the mean AP as COCO has it.</source>
        <translation>将检测到的对象与真实对象进行比较：各类中正确检出、漏检和误检的数量，精确率、召回率、F1 和平均精确率 (AP)，以及 COCO 定义的 AP 均值。</translation>
    </message>
    <message>
        <source>Polygons that Detect Objects found, or others with a class and a confidence.</source>
        <translation>由对象检测工具得到的多边形，或其他带有类和置信度的多边形。</translation>
    </message>
    <message>
        <source>Polygons of the true objects, all of them; in any coordinate reference system.</source>
        <translation>全部真实对象的多边形；可采用任意坐标参考系。</translation>
    </message>
    <message>
        <source>The field that tells classes apart. Empty: Classname, else Classvalue, Class, Value, else all objects are of one class. Classes match by name; where one layer has only numbers, by the class value of the other.</source>
        <translation>用于区分类的字段。留空：依次采用 Classname、Classvalue、Class、Value，如均没有，则所有对象属于同一类。类按名称匹配；如果其中一个图层只有数字，则按另一个图层的类值匹配。</translation>
    </message>
    <message>
        <source>One of the layers has no class field: all objects are compared as of one class</source>
        <translation>其中一个图层没有类字段：所有对象按同一类进行比较</translation>
    </message>
    <message>
        <source>A found object is right if its box and that of a true one overlap at least so much (0 to 1): the area that both cover, divided by the area that they cover together.</source>
        <translation>如果检测到的对象与真实对象的边界框的重叠率不低于此值（0 到 1），则该对象为正确检出。重叠率为交集面积除以并集面积。</translation>
    </message>
    <message>
        <source>A table with a row for each class and one for all.</source>
        <translation>每个类一行、总体一行的表。</translation>
    </message>
    <message>
        <source>The found objects that are right (green) and those that are false (orange), and the true ones that were missed (red); optional.</source>
        <translation>检测到的对象中正确的（绿色）和错误的（橙色），以及漏检的真实对象（红色）；可选。</translation>
    </message>
    <message>
        <source>Mean average precision at IoU 0.50 to 0.95</source>
        <translation>IoU 为 0.50 到 0.95 时的平均精确率均值</translation>
    </message>
    <message>
        <source>F1 score</source>
        <translation>F1 分数</translation>
    </message>
    <message>
        <source>Mean average precision at IoU 0.50</source>
        <translation>IoU 为 0.50 时的平均精确率均值</translation>
    </message>
    <message>
        <source>Precision</source>
        <translation>精确率</translation>
    </message>
    <message>
        <source>Recall</source>
        <translation>召回率</translation>
    </message>
    <message>
        <source>Class field of the detected</source>
        <translation>检测结果的类字段</translation>
    </message>
    <message>
        <source>Class field of the reference</source>
        <translation>参考数据的类字段</translation>
    </message>
    <message>
        <source>The layers have no class in common ({detected}; {reference}): choose their class fields, if these are the same under other names</source>
        <translation>两个图层没有共同的类（{detected}；{reference}）：如果它们是名称不同的相同类，请选择各自的类字段</translation>
    </message>
    <message>
        <source>Matched</source>
        <translation>匹配</translation>
    </message>
    <message>
        <source>Missed</source>
        <translation>漏检</translation>
    </message>
    <message>
        <source>False</source>
        <translation>误检</translation>
    </message>
    <message>
        <source>Smallest IoU</source>
        <translation>最小 IoU</translation>
    </message>
    <message>
        <source>Accuracy table</source>
        <translation>精度表</translation>
    </message>
    <message>
        <source>Matched, missed and false objects</source>
        <translation>匹配、漏检和误检的对象</translation>
    </message>
    <message>
        <source>Only objects that touch these polygons count.</source>
        <translation>仅计入与这些多边形相交的对象。</translation>
    </message>
    <message>
        <source>A page with the measures and their curves; optional.</source>
        <translation>包含各项指标及其曲线的网页；可选。</translation>
    </message>
    <message>
        <source>Confidence field</source>
        <translation>置信度字段</translation>
    </message>
    <message>
        <source>The field that says how sure each object is: numbers from 0 to 1 or from 0 to 100, or texts that are such numbers. Empty: Confidence, else Score.</source>
        <translation>表示每个对象置信度的字段：0 到 1 或 0 到 100 的数字，或内容为此类数字的文本。留空：采用 Confidence，否则采用 Score。</translation>
    </message>
    <message>
        <source>From Labels to Objects (all steps)</source>
        <translation>从标注到对象（全部步骤）</translation>
    </message>
    <message>
        <source>Threshold (-1: the model&apos;s own)</source>
        <translation>阈值（-1：模型自身的值）</translation>
    </message>
    <message>
        <source>All model types of the task {task}:</source>
        <translation>“{task}”任务的所有模型类型：</translation>
    </message>
    <message>
        <source>Label</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Review</source>
        <translation>审核</translation>
    </message>
    <message>
        <source>More settings</source>
        <translation>更多设置</translation>
    </message>
    <message>
        <source>What this tool does, and what each setting means</source>
        <translation>此工具的用途以及各项设置的含义</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>A value is missing or wrong.</source>
        <translation>有值缺失或不正确。</translation>
    </message>
    <message>
        <source>mean IoU</source>
        <translation>平均 IoU</translation>
    </message>
    <message>
        <source>average precision</source>
        <translation>平均精确率</translation>
    </message>
    <message>
        <source>accuracy</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Classifies every pixel</source>
        <translation>对每个像素进行分类</translation>
    </message>
    <message>
        <source>Finds objects</source>
        <translation>查找对象</translation>
    </message>
    <message>
        <source>Swath preview</source>
        <translation>Swath 预览</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>影像</translation>
    </message>
    <message>
        <source>Applies the model to what the map shows now: seconds</source>
        <translation>将模型应用于地图当前显示的内容：只需数秒</translation>
    </message>
    <message>
        <source>Apply to the image</source>
        <translation>应用于影像</translation>
    </message>
    <message>
        <source>Done in {time}: {name}.</source>
        <translation>已完成，用时 {time}：{name}。</translation>
    </message>
    <message>
        <source>Done in {time}. The result goes when QGIS ends: save the layer to keep it.</source>
        <translation>已完成，用时 {time}。结果将在 QGIS 退出时消失：如需保留，请保存该图层。</translation>
    </message>
    <message>
        <source>{count} objects.</source>
        <translation>{count} 个对象。</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>及其他 {count} 个</translation>
    </message>
    <message>
        <source>Classes: {names}</source>
        <translation>类：{names}</translation>
    </message>
    <message>
        <source>{name}: value {value}</source>
        <translation>{name}：值 {value}</translation>
    </message>
    <message>
        <source>Training and applying models runs in a Python environment of its own, apart from QGIS. Labeling works without it.</source>
        <translation>训练和应用模型在独立于 QGIS 的 Python 环境中运行。标注不需要该环境。</translation>
    </message>
    <message>
        <source>The engine environment is not installed</source>
        <translation>引擎环境尚未安装</translation>
    </message>
    <message>
        <source>Draw samples in the tab Label, or choose a layer that has labels.</source>
        <translation>请在“标注”选项卡中绘制样本，或选择含有标注的图层。</translation>
    </message>
    <message>
        <source>Samples on this image: {samples}, of classes: {classes}.</source>
        <translation>此影像上的样本：{samples}，所属类：{classes}。</translation>
    </message>
    <message>
        <source>{chips} chips with {features} labeled features, in {time}.</source>
        <translation>{chips} 个影像切片，含 {features} 个已标注要素，用时 {time}。</translation>
    </message>
    <message>
        <source>Train with these chips</source>
        <translation>使用这些影像切片训练</translation>
    </message>
    <message>
        <source>What the model should do</source>
        <translation>模型应完成的任务</translation>
    </message>
    <message>
        <source>Chips that do not lie wholly within an area that you marked as fully labeled are left out, so that nothing unlabeled is learnt as background.</source>
        <translation>未完全位于您标记为完全标注的区域内的影像切片将被舍弃，以免将未标注的内容作为背景学习。</translation>
    </message>
    <message>
        <source>Goal</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Tile size</source>
        <translation>分块大小</translation>
    </message>
    <message>
        <source>Stride</source>
        <translation>步幅</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>All {count} labeled images, one after another</source>
        <translation>依次处理全部 {count} 幅已标注影像</translation>
    </message>
    <message>
        <source>Only within fully labeled areas ({count})</source>
        <translation>仅限完全标注区域内 ({count})</translation>
    </message>
    <message>
        <source>Chips: about {count}.</source>
        <translation>影像切片：约 {count} 个。</translation>
    </message>
    <message>
        <source>Choose the folder of a model</source>
        <translation>选择模型文件夹</translation>
    </message>
    <message>
        <source>The model learnt from cells of {learnt:g}, the image has {there:g}: things look larger or smaller to it. &lt;a href=&quot;cells&quot;&gt;Take {learnt:g}&lt;/a&gt;.</source>
        <translation>模型训练时的像元大小为 {learnt:g}，而影像的为 {there:g}：地物在模型看来会偏大或偏小。&lt;a href=&quot;cells&quot;&gt;采用 {learnt:g}&lt;/a&gt;。</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Folder, .emd, .dlpk or .onnx</source>
        <translation>文件夹、.emd、.dlpk 或 .onnx</translation>
    </message>
    <message>
        <source>Swath does not apply models of the task {task} yet: choose another model.</source>
        <translation>Swath 尚不能应用任务为 {task} 的模型：请选择其他模型。</translation>
    </message>
    <message>
        <source>Reading the model</source>
        <translation>正在读取模型</translation>
    </message>
    <message>
        <source>bands {bands}</source>
        <translation>波段 {bands}</translation>
    </message>
    <message>
        <source>tiles of {side} pixels</source>
        <translation>分块为 {side} 个像素</translation>
    </message>
    <message>
        <source>cells of {size:g} map units</source>
        <translation>像元为 {size:g} 个地图单位</translation>
    </message>
    <message>
        <source>The model {path} cannot be read: {error}.</source>
        <translation>无法读取模型 {path}：{error}。</translation>
    </message>
    <message>
        <source>Another run is writing this output. &lt;a href=&quot;free&quot;&gt;Take {name} instead&lt;/a&gt;.</source>
        <translation>另一次运行正在写入此输出。&lt;a href=&quot;free&quot;&gt;改用 {name}&lt;/a&gt;。</translation>
    </message>
    <message>
        <source>A run with this output was cut off. The same settings continue it; &lt;a href=&quot;clean&quot;&gt;or delete what it left&lt;/a&gt;.</source>
        <translation>采用此输出的一次运行曾中断。使用相同的设置可继续运行；&lt;a href=&quot;clean&quot;&gt;或删除其遗留的内容&lt;/a&gt;。</translation>
    </message>
    <message>
        <source>This folder holds chips: the new ones are added to them.</source>
        <translation>此文件夹中已有影像切片：新的影像切片将向其中追加。</translation>
    </message>
    <message>
        <source>This folder holds other files. &lt;a href=&quot;free&quot;&gt;Take {name} instead&lt;/a&gt;.</source>
        <translation>此文件夹中有其他文件。&lt;a href=&quot;free&quot;&gt;改用 {name}&lt;/a&gt;。</translation>
    </message>
    <message>
        <source>{path} could not be deleted: {reason}.</source>
        <translation>无法删除 {path}：{reason}。</translation>
    </message>
    <message>
        <source>This file exists and is replaced. &lt;a href=&quot;free&quot;&gt;Take {name} instead&lt;/a&gt;.</source>
        <translation>此文件已存在，将被替换。&lt;a href=&quot;free&quot;&gt;改用 {name}&lt;/a&gt;。</translation>
    </message>
    <message>
        <source>Show on the map</source>
        <translation>在地图上显示</translation>
    </message>
    <message>
        <source>Preview of {width} x {height} pixels, in {time}.</source>
        <translation>{width} x {height} 个像素的预览，用时 {time}。</translation>
    </message>
    <message>
        <source>The map shows more than a preview takes: this is its middle. Zoom in to choose.</source>
        <translation>地图显示的范围超出预览上限：此处为其中间部分。请放大以选择位置。</translation>
    </message>
    <message>
        <source>Other: {title}</source>
        <translation>其他：{title}</translation>
    </message>
    <message>
        <source>Every pixel: a map of classes</source>
        <translation>每个像素：类的地图</translation>
    </message>
    <message>
        <source>Objects: a box around each</source>
        <translation>对象：每个对象的边界框</translation>
    </message>
    <message>
        <source>Objects: the outline of each</source>
        <translation>对象：每个对象的轮廓</translation>
    </message>
    <message>
        <source>Every pixel, and objects apart</source>
        <translation>每个像素，并区分各个对象</translation>
    </message>
    <message>
        <source>Given features: one class each</source>
        <translation>给定的要素：每个要素一个类</translation>
    </message>
    <message>
        <source>Pictures: the classes they show</source>
        <translation>影像：其中出现的类</translation>
    </message>
    <message>
        <source>Image to image: pairs</source>
        <translation>影像到影像：成对</translation>
    </message>
    <message>
        <source>Image to image: without pairs</source>
        <translation>影像到影像：不成对</translation>
    </message>
    <message>
        <source>No model of Swath learns from it yet.</source>
        <translation>Swath 尚无可用其训练的模型。</translation>
    </message>
    <message>
        <source>For {names} and {count} more models.</source>
        <translation>适用于 {names} 及其他 {count} 个模型。</translation>
    </message>
    <message>
        <source>For {names}.</source>
        <translation>适用于 {names}。</translation>
    </message>
    <message>
        <source>Opacity of the result</source>
        <translation>结果的不透明度</translation>
    </message>
    <message>
        <source>Hide (H)</source>
        <translation>隐藏 (H)</translation>
    </message>
    <message>
        <source>Hold the button, or the key H while the map or this tab has the focus, to see what is below.</source>
        <translation>按住此按钮，或在地图或此选项卡具有焦点时按住 H 键，可查看下方的内容。</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
    <message>
        <source>The result was written, but does not open as a layer: {path}.</source>
        <translation>结果已写入，但无法作为图层打开：{path}。</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Begin (Ctrl+Return)</source>
        <translation>开始 (Ctrl+Return)</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>What a run says is written here.</source>
        <translation>运行时输出的信息将显示在此处。</translation>
    </message>
    <message>
        <source>{hours}:{minutes:02d} h</source>
        <translation>{hours}:{minutes:02d} 小时</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{minutes}:{seconds:02d} min</source>
        <translation>{minutes}:{seconds:02d} 分钟</translation>
    </message>
    <message>
        <source>Done in {time}.</source>
        <translation>已完成，用时 {time}。</translation>
    </message>
    <message>
        <source>There is no algorithm {id}: switch on its provider in the settings of Processing.</source>
        <translation>没有算法 {id}：请在“处理”设置中启用其提供者。</translation>
    </message>
    <message>
        <source>It ended without saying why: see the log below, and QGIS&apos;s log messages.</source>
        <translation>运行已结束但未说明原因：请查看下方的日志和 QGIS 的日志消息。</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>已取消。</translation>
    </message>
    <message>
        <source>An error that Swath did not expect: {error}.</source>
        <translation>Swath 遇到意外错误：{error}。</translation>
    </message>
    <message>
        <source>This layer has no pixels of its own: it needs an extent and a cell size. &lt;a href=&quot;view&quot;&gt;Take what the map shows&lt;/a&gt;.</source>
        <translation>此图层自身没有像素：需要指定范围和像元大小。&lt;a href=&quot;view&quot;&gt;采用地图显示的范围&lt;/a&gt;。</translation>
    </message>
    <message>
        <source>One area removed; Ctrl+Z brings it back.</source>
        <translation>已移除 1 个区域；按 Ctrl+Z 可恢复。</translation>
    </message>
    <message>
        <source>{count} areas removed; Ctrl+Z brings them back.</source>
        <translation>已移除 {count} 个区域；按 Ctrl+Z 可恢复。</translation>
    </message>
    <message>
        <source>One area, {size}.</source>
        <translation>1 个区域，{size}。</translation>
    </message>
    <message>
        <source>{count} areas, {size} in all.</source>
        <translation>{count} 个区域，共 {size}。</translation>
    </message>
    <message>
        <source>Mark where every object is labeled. Chips are then exported only from inside these areas (they are the export&apos;s mask), so that objects which nobody labeled outside do no harm.</source>
        <translation>标记所有对象均已标注的区域。此后仅从这些区域内导出影像切片（这些区域即导出的掩膜），因此区域外未标注的对象不会造成影响。</translation>
    </message>
    <message>
        <source>Draw areas</source>
        <translation>绘制区域</translation>
    </message>
    <message>
        <source>While this is pressed, the drawing tools make areas, not samples</source>
        <translation>按下此按钮时，绘制工具创建区域，而非样本</translation>
    </message>
    <message>
        <source>Zoom to (Enter)</source>
        <translation>缩放至 (Enter)</translation>
    </message>
    <message>
        <source>Remove (Delete)</source>
        <translation>移除 (Delete)</translation>
    </message>
    <message>
        <source>No area is marked: chips are exported from the whole image.</source>
        <translation>未标记任何区域：将从整幅影像导出影像切片。</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>面积</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Buffer </source>
        <translation>缓冲 </translation>
    </message>
    <message>
        <source>Distance on the ground from the drawn line or point to the edge of the sample.</source>
        <translation>从绘制的线或点到样本边缘的地面距离。</translation>
    </message>
    <message>
        <source>One of {places} places shows samples.</source>
        <translation>{places} 个位置中有 1 个含有样本。</translation>
    </message>
    <message>
        <source>{count} of {places} places show samples.</source>
        <translation>{places} 个位置中有 {count} 个含有样本。</translation>
    </message>
    <message>
        <source>There are no samples to count yet.</source>
        <translation>尚无可统计的样本。</translation>
    </message>
    <message>
        <source>Choose an image under Images: chips are cut from it.</source>
        <translation>请在“影像”下选择影像：影像切片将从中裁切。</translation>
    </message>
    <message>
        <source>This image is a web map without pixels of its own: the cell size of the export decides.</source>
        <translation>此影像是自身没有像素的网络地图：影像切片数取决于导出的像元大小。</translation>
    </message>
    <message>
        <source>The image ({width} x {height} pixels) is smaller than a chip: choose less.</source>
        <translation>影像（{width} x {height} 个像素）小于影像切片：请选择更小的值。</translation>
    </message>
    <message>
        <source>These would be too many chips to count here: choose a larger stride.</source>
        <translation>影像切片过多，无法在此统计：请选择更大的步幅。</translation>
    </message>
    <message>
        <source>Only inside of the fully labeled areas</source>
        <translation>仅限完全标注区域内</translation>
    </message>
    <message>
        <source>Chips</source>
        <translation>影像切片</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>Validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>With samples</source>
        <translation>含样本</translation>
    </message>
    <message>
        <source>One more reaches beyond the labeled areas and is left out.</source>
        <translation>另有 1 个超出已标注区域，已舍弃。</translation>
    </message>
    <message>
        <source>{count} more reach beyond the labeled areas and are left out.</source>
        <translation>另有 {count} 个超出已标注区域，已舍弃。</translation>
    </message>
    <message>
        <source>One overlaps both parts and is used in neither.</source>
        <translation>有 1 个与两部分均重叠，两部分都不使用。</translation>
    </message>
    <message>
        <source>{count} overlap both parts and are used in neither.</source>
        <translation>有 {count} 个与两部分均重叠，两部分都不使用。</translation>
    </message>
    <message>
        <source>Counting ...</source>
        <translation>正在统计 ...</translation>
    </message>
    <message>
        <source> px</source>
        <translation> 像素</translation>
    </message>
    <message>
        <source>Chip</source>
        <translation>影像切片</translation>
    </message>
    <message>
        <source>They overlap too much to set some apart for validation.</source>
        <translation>重叠过多，无法留出一部分用于验证。</translation>
    </message>
    <message>
        <source>Estimated: places of the lattice that a sample reaches. Parts without data are not looked at, for classified tiles the last sliver of a pixel is not either, and training draws its validation part ({share} %, by blocks of ground) by a finer rule.</source>
        <translation>估算值：样本触及的格网位置数。未考虑无数据的部分；对于分类切片，也未考虑不足一个像素的细小部分；训练按更精细的规则划分验证部分（{share} %，按地面区块）。</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>类</translation>
    </message>
    <message>
        <source>&amp;Name</source>
        <translation>名称(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Value</source>
        <translation>值(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Colour</source>
        <translation>颜色(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Description</source>
        <translation>描述(&amp;D)</translation>
    </message>
    <message>
        <source>What the class has in rasters and tables; 0 means unlabeled.</source>
        <translation>该类在栅格和表格中的值；0 表示未标注。</translation>
    </message>
    <message>
        <source>The class &apos;{other}&apos; is called &apos;{mine}&apos; here (value {value}); that name is kept.</source>
        <translation>类“{other}”在此处名为“{mine}”（值 {value}）；保留此处的名称。</translation>
    </message>
    <message>
        <source>The class &apos;{other}&apos; has the value {new} now, for {value} is &apos;{mine}&apos; here.</source>
        <translation>类“{other}”的值现为 {new}，因为 {value} 在此处为“{mine}”的值。</translation>
    </message>
    <message>
        <source>All classes</source>
        <translation>所有类</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>样本</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>Share</source>
        <translation>占比</translation>
    </message>
    <message>
        <source>Define class</source>
        <translation>定义类</translation>
    </message>
    <message>
        <source>New class...</source>
        <translation>新建类...</translation>
    </message>
    <message>
        <source>for example: building</source>
        <translation>例如：建筑物</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Which class is the object that you have drawn?</source>
        <translation>您绘制的对象属于哪个类？</translation>
    </message>
    <message>
        <source>No labels are open: open or create a labels file first.</source>
        <translation>未打开标注：请先打开或创建标注文件。</translation>
    </message>
    <message>
        <source>Add class {name}</source>
        <translation>添加类 {name}</translation>
    </message>
    <message>
        <source>Add samples</source>
        <translation>添加样本</translation>
    </message>
    <message>
        <source>Remove samples</source>
        <translation>移除样本</translation>
    </message>
    <message>
        <source>Change class</source>
        <translation>更改类</translation>
    </message>
    <message>
        <source>Change outlines</source>
        <translation>更改轮廓</translation>
    </message>
    <message>
        <source>Merge samples</source>
        <translation>合并样本</translation>
    </message>
    <message>
        <source>Split samples</source>
        <translation>分割样本</translation>
    </message>
    <message>
        <source>Add labeled area</source>
        <translation>添加已标注区域</translation>
    </message>
    <message>
        <source>Remove labeled areas</source>
        <translation>移除已标注区域</translation>
    </message>
    <message>
        <source>Change schema</source>
        <translation>更改类方案</translation>
    </message>
    <message>
        <source>New samples belong to the image chosen here; each image keeps its own samples.</source>
        <translation>新样本属于在此处选择的影像；每幅影像各自保留其样本。</translation>
    </message>
    <message>
        <source>The project has no image yet: add a raster layer to QGIS.</source>
        <translation>项目中尚无影像：请向 QGIS 中添加栅格图层。</translation>
    </message>
    <message>
        <source>Areas</source>
        <translation>区域</translation>
    </message>
    <message>
        <source>Show only this image&apos;s samples</source>
        <translation>仅显示此影像的样本</translation>
    </message>
    <message>
        <source>In the table and on the map: where images of several times overlap</source>
        <translation>在表格中和地图上：适用于多个时间的影像相互重叠的情况</translation>
    </message>
    <message>
        <source>Zoom to the image</source>
        <translation>缩放至影像</translation>
    </message>
    <message>
        <source>{name} (not in the project)</source>
        <translation>{name}（不在项目中）</translation>
    </message>
    <message>
        <source>Add {key} to the project to label it further.</source>
        <translation>如需继续标注，请将 {key} 添加到项目中。</translation>
    </message>
    <message>
        <source>Labels (*.gpkg)</source>
        <translation>标注 (*.gpkg)</translation>
    </message>
    <message>
        <source>Where to keep the labels</source>
        <translation>标注的保存位置</translation>
    </message>
    <message>
        <source>Take a layer as labels</source>
        <translation>将图层用作标注</translation>
    </message>
    <message>
        <source>Its features are copied into the labels; the layer stays as it is. Without a field, all become samples of the class that is chosen now.</source>
        <translation>其要素将复制到标注中；图层本身保持不变。未指定字段时，所有要素均成为当前所选类的样本。</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>Field of the classes</source>
        <translation>类字段</translation>
    </message>
    <message>
        <source>Width to each side</source>
        <translation>每侧宽度</translation>
    </message>
    <message>
        <source>Open labels</source>
        <translation>打开标注</translation>
    </message>
    <message>
        <source>One sample taken from {layer}; Ctrl+Z takes it out again.</source>
        <translation>已从 {layer} 获取 1 个样本；按 Ctrl+Z 可撤回。</translation>
    </message>
    <message>
        <source>{count} samples taken from {layer}; Ctrl+Z takes them out again.</source>
        <translation>已从 {layer} 获取 {count} 个样本；按 Ctrl+Z 可撤回。</translation>
    </message>
    <message>
        <source>Merge a copy of these labels</source>
        <translation>合并这些标注的副本</translation>
    </message>
    <message>
        <source>{name} is written: label in it elsewhere, then merge it here.</source>
        <translation>已写入 {name}：可在别处用其进行标注，然后在此处合并。</translation>
    </message>
    <message>
        <source>labels</source>
        <translation>标注</translation>
    </message>
    <message>
        <source>{name}: {added} samples new, {changed} changed, {removed} removed; Ctrl+Z takes it back.</source>
        <translation>{name}：新增 {added} 个样本，更改 {changed} 个，移除 {removed} 个；按 Ctrl+Z 可撤回。</translation>
    </message>
    <message>
        <source>{name} holds nothing newer.</source>
        <translation>{name} 中没有更新的内容。</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>影像</translation>
    </message>
    <message>
        <source>Statistics</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>Press a tool to begin: new labels are made for it.</source>
        <translation>点击任一工具即可开始：将为其创建新的标注。</translation>
    </message>
    <message>
        <source>{count} invalid outlines were repaired.</source>
        <translation>已修复 {count} 个无效轮廓。</translation>
    </message>
    <message>
        <source>{count} features without an area were left out.</source>
        <translation>已忽略 {count} 个没有面积的要素。</translation>
    </message>
    <message>
        <source>{count} features without a class were left out.</source>
        <translation>已忽略 {count} 个没有类的要素。</translation>
    </message>
    <message>
        <source>{count} features outside the coordinate system were left out.</source>
        <translation>已忽略 {count} 个超出坐标系范围的要素。</translation>
    </message>
    <message>
        <source>{area} m²</source>
        <translation>{area} m²</translation>
    </message>
    <message>
        <source>{area} km²</source>
        <translation>{area} km²</translation>
    </message>
    <message>
        <source>{area} ha</source>
        <translation>{area} ha</translation>
    </message>
    <message>
        <source>{width} × {height} m</source>
        <translation>{width} × {height} m</translation>
    </message>
    <message>
        <source>{pixels} px</source>
        <translation>{pixels} 像素</translation>
    </message>
    <message>
        <source>Extend a shape</source>
        <translation>扩展形状</translation>
    </message>
    <message>
        <source>Cut a shape</source>
        <translation>切除形状</translation>
    </message>
    <message>
        <source>Sizes in pixels are not known yet</source>
        <translation>以像素计的大小尚不可知</translation>
    </message>
    <message>
        <source>No samples yet</source>
        <translation>尚无样本</translation>
    </message>
    <message>
        <source>chip {side}</source>
        <translation>影像切片 {side}</translation>
    </message>
    <message>
        <source>Show only the sample with a warning:</source>
        <translation>仅显示有以下警告的样本：</translation>
    </message>
    <message>
        <source>Show only the {count} samples with a warning:</source>
        <translation>仅显示有以下警告的 {count} 个样本：</translation>
    </message>
    <message>
        <source>Overlaps a sample of another class: one of them is wrong there.</source>
        <translation>与其他类的样本重叠：重叠处必有一个是错误的。</translation>
    </message>
    <message>
        <source>A sliver: so thin that hardly a pixel lies wholly in it.</source>
        <translation>狭长多边形：过于细窄，几乎没有完整位于其中的像素。</translation>
    </message>
    <message>
        <source>Lies partly outside of its image: that part is never learnt.</source>
        <translation>部分位于其影像之外：该部分不会参与学习。</translation>
    </message>
    <message>
        <source>Its outline crosses itself: draw it anew, or repair it with QGIS&apos;s Fix geometries.</source>
        <translation>轮廓自相交：请重新绘制，或使用 QGIS 的“修正几何图形”进行修复。</translation>
    </message>
    <message>
        <source>Overlaps another class</source>
        <translation>与其他类重叠</translation>
    </message>
    <message>
        <source>Slivers</source>
        <translation>狭长多边形</translation>
    </message>
    <message>
        <source>Outside of the image</source>
        <translation>位于影像之外</translation>
    </message>
    <message>
        <source>Invalid outlines</source>
        <translation>无效轮廓</translation>
    </message>
    <message>
        <source>No sample has a warning.</source>
        <translation>没有带警告的样本。</translation>
    </message>
    <message>
        <source>Smaller than {count} pixels: too small for most models.</source>
        <translation>小于 {count} 个像素：对大多数模型来说过小。</translation>
    </message>
    <message>
        <source>Below {count} pixels</source>
        <translation>小于 {count} 个像素</translation>
    </message>
    <message>
        <source>{name}: areas</source>
        <translation>{name}：区域</translation>
    </message>
    <message>
        <source>{name}: samples</source>
        <translation>{name}：样本</translation>
    </message>
    <message>
        <source>(no image)</source>
        <translation>（无影像）</translation>
    </message>
    <message>
        <source>{number} m²</source>
        <translation>{number} m²</translation>
    </message>
    <message>
        <source>{number} %</source>
        <translation>{number} %</translation>
    </message>
    <message>
        <source>{number} ha</source>
        <translation>{number} ha</translation>
    </message>
    <message>
        <source>&lt; {number} %</source>
        <translation>&lt; {number} %</translation>
    </message>
    <message>
        <source>Split into {count} samples; Ctrl+Z takes it back.</source>
        <translation>已拆分为 {count} 个样本；按 Ctrl+Z 可撤销。</translation>
    </message>
    <message>
        <source>Zoom to selection</source>
        <translation>缩放至所选样本</translation>
    </message>
    <message>
        <source>Flash on the map</source>
        <translation>在地图上闪烁</translation>
    </message>
    <message>
        <source>Previous sample</source>
        <translation>上一个样本</translation>
    </message>
    <message>
        <source>Next sample</source>
        <translation>下一个样本</translation>
    </message>
    <message>
        <source>Merge into one sample</source>
        <translation>合并为一个样本</translation>
    </message>
    <message>
        <source>Split into parts</source>
        <translation>拆分为多个部分</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>The sample is {name} now; Ctrl+Z takes it back.</source>
        <translation>该样本现在为 {name}；按 Ctrl+Z 可撤销。</translation>
    </message>
    <message>
        <source>{count} samples are {name} now; Ctrl+Z takes it back.</source>
        <translation>{count} 个样本现在为 {name}；按 Ctrl+Z 可撤销。</translation>
    </message>
    <message>
        <source>They had several classes: it is {name} now.</source>
        <translation>它们原属于多个类：合并后的样本为 {name}。</translation>
    </message>
    <message>
        <source>One sample deleted; Ctrl+Z brings it back.</source>
        <translation>已删除一个样本；按 Ctrl+Z 可恢复。</translation>
    </message>
    <message>
        <source>{count} samples deleted; Ctrl+Z brings them back.</source>
        <translation>已删除 {count} 个样本；按 Ctrl+Z 可恢复。</translation>
    </message>
    <message>
        <source>{count} samples merged into one; Ctrl+Z takes it back.</source>
        <translation>已将 {count} 个样本合并为一个；按 Ctrl+Z 可撤销。</translation>
    </message>
    <message>
        <source>Nothing to split: each selected sample is a single part.</source>
        <translation>没有可拆分的内容：所选的每个样本都只有一个部分。</translation>
    </message>
    <message>
        <source>{text} ({key})</source>
        <translation>{text} ({key})</translation>
    </message>
    <message>
        <source>There are no classes yet</source>
        <translation>尚无类</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Find class, image, warning ...</source>
        <translation>查找类、影像、警告 ...</translation>
    </message>
    <message>
        <source>Show only samples of this class, image, warning, time or number</source>
        <translation>仅显示与此类、影像、警告、时间或编号相符的样本</translation>
    </message>
    <message>
        <source>Filter the samples</source>
        <translation>筛选样本</translation>
    </message>
    <message>
        <source>Show only the samples of one image</source>
        <translation>仅显示一幅影像的样本</translation>
    </message>
    <message>
        <source>Sums of the classes</source>
        <translation>各类合计</translation>
    </message>
    <message>
        <source>The chosen class is shown below</source>
        <translation>所选的类显示在下方</translation>
    </message>
    <message>
        <source>All images</source>
        <translation>所有影像</translation>
    </message>
    <message>
        <source>{shown} of {all} shown</source>
        <translation>显示 {shown} 个，共 {all} 个</translation>
    </message>
    <message>
        <source>{count} of the selected samples are hidden by the filter.</source>
        <translation>所选样本中有 {count} 个被筛选器隐藏。</translation>
    </message>
    <message>
        <source>{count} selected</source>
        <translation>已选择 {count} 个</translation>
    </message>
    <message>
        <source>The filter hides all samples.</source>
        <translation>筛选器隐藏了所有样本。</translation>
    </message>
    <message>
        <source>No samples yet: choose a tool above and draw the first one on the map.</source>
        <translation>尚无样本：请在上方选择工具，并在地图上绘制第一个样本。</translation>
    </message>
    <message>
        <source>they are not in the form of a schema of Swath</source>
        <translation>其形式不是 Swath 的方案</translation>
    </message>
    <message>
        <source>it would be in itself</source>
        <translation>它将位于自身之内</translation>
    </message>
    <message>
        <source>Kept, because there are samples of them: {classes}.</source>
        <translation>已保留，因为存在属于它们的样本：{classes}。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; gets the value {value}, because {taken} belongs to &apos;{owner}&apos;.</source>
        <translation>“{name}”的值改为 {value}，因为 {taken} 已属于“{owner}”。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is there already and keeps its value {value}.</source>
        <translation>“{name}”已存在，其值保持为 {value}。</translation>
    </message>
    <message>
        <source>Load schema</source>
        <translation>加载方案</translation>
    </message>
    <message>
        <source>Save schema</source>
        <translation>保存方案</translation>
    </message>
    <message>
        <source>Schemas and lists of classes ({kinds})</source>
        <translation>方案和类列表 ({kinds})</translation>
    </message>
    <message>
        <source>All files ({kinds})</source>
        <translation>所有文件 ({kinds})</translation>
    </message>
    <message>
        <source>Schema of Swath ({kinds})</source>
        <translation>Swath 方案 ({kinds})</translation>
    </message>
    <message>
        <source>it is neither JSON nor XML, or it is damaged</source>
        <translation>既不是 JSON 也不是 XML，或已损坏</translation>
    </message>
    <message>
        <source>it has more than {size} MB</source>
        <translation>大于 {size} MB</translation>
    </message>
    <message>
        <source>{classes} become one class with {count} sample. Which one stays?</source>
        <translation>{classes} 将合并为一个类，含 {count} 个样本。保留哪一个？</translation>
    </message>
    <message>
        <source>{classes} become one class with {count} samples. Which one stays?</source>
        <translation>{classes} 将合并为一个类，含 {count} 个样本。保留哪一个？</translation>
    </message>
    <message>
        <source>Merge classes</source>
        <translation>合并类</translation>
    </message>
    <message>
        <source>Class {number}</source>
        <translation>类 {number}</translation>
    </message>
    <message>
        <source>Move classes</source>
        <translation>移动类</translation>
    </message>
    <message>
        <source>Remove {classes} with {count} sample? Undo brings it back.</source>
        <translation>是否移除 {classes} 及其 {count} 个样本？可通过撤销恢复。</translation>
    </message>
    <message>
        <source>Remove {classes} with {count} samples? Undo brings them back.</source>
        <translation>是否移除 {classes} 及其 {count} 个样本？可通过撤销恢复。</translation>
    </message>
    <message>
        <source>Add group {name}</source>
        <translation>添加组 {name}</translation>
    </message>
    <message>
        <source>Rename to {name}</source>
        <translation>重命名为 {name}</translation>
    </message>
    <message>
        <source>Remove {classes}</source>
        <translation>移除 {classes}</translation>
    </message>
    <message>
        <source>Set up classes</source>
        <translation>设置类</translation>
    </message>
    <message>
        <source>The schema was saved: {path}</source>
        <translation>方案已保存：{path}</translation>
    </message>
    <message>
        <source>Group {number}</source>
        <translation>组 {number}</translation>
    </message>
    <message>
        <source>Edit class {name}</source>
        <translation>编辑类 {name}</translation>
    </message>
    <message>
        <source>Colour of {name}</source>
        <translation>{name} 的颜色</translation>
    </message>
    <message>
        <source>Recolour class {name}</source>
        <translation>更改类 {name} 的颜色</translation>
    </message>
    <message>
        <source>Merge into {name}</source>
        <translation>合并到 {name}</translation>
    </message>
    <message>
        <source>it lists no classes with names and values</source>
        <translation>未列出带有名称和值的类</translation>
    </message>
    <message>
        <source>it was written by a later version of Swath</source>
        <translation>由更高版本的 Swath 写入</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>内容为空</translation>
    </message>
    <message>
        <source>its only value is 0, which means unlabeled</source>
        <translation>唯一的值为 0，而 0 表示未标注</translation>
    </message>
    <message>
        <source>Left out, because class values are whole numbers from 1: {values}.</source>
        <translation>已忽略，因为类值须为从 1 开始的整数：{values}。</translation>
    </message>
    <message>
        <source>Left out, because their values are taken: {classes}.</source>
        <translation>已忽略，因为其值已被占用：{classes}。</translation>
    </message>
    <message>
        <source>The value 0 means unlabeled and was left out.</source>
        <translation>值 0 表示未标注，已忽略。</translation>
    </message>
    <message>
        <source>its values are no whole numbers from 1: {values}</source>
        <translation>其值不是从 1 开始的整数：{values}</translation>
    </message>
    <message>
        <source>its kind is unknown</source>
        <translation>类型未知</translation>
    </message>
    <message>
        <source>there is no such file or folder</source>
        <translation>没有这样的文件或文件夹</translation>
    </message>
    <message>
        <source>it holds no samples of Swath</source>
        <translation>其中没有 Swath 的样本</translation>
    </message>
    <message>
        <source>its schema is damaged</source>
        <translation>其方案已损坏</translation>
    </message>
    <message>
        <source>{file} lists no classes</source>
        <translation>{file} 未列出任何类</translation>
    </message>
    <message>
        <source>it is no file that GDAL reads</source>
        <translation>不是 GDAL 可读取的文件</translation>
    </message>
    <message>
        <source>it has {count} bands</source>
        <translation>有 {count} 个波段</translation>
    </message>
    <message>
        <source>its pixels are no whole numbers</source>
        <translation>其像素不是整数</translation>
    </message>
    <message>
        <source>its pixels cannot be read</source>
        <translation>无法读取其像素</translation>
    </message>
    <message>
        <source>The key that chooses the class while you draw</source>
        <translation>绘制时用于选择该类的按键</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>groups lie at most {depth} deep in each other</source>
        <translation>组最多可嵌套 {depth} 层</translation>
    </message>
    <message>
        <source>There are no classes yet: add one for each kind of object, or take those of a layer, a raster or a model.</source>
        <translation>尚无类：请为每种对象添加一个类，或采用图层、栅格或模型的类。</translation>
    </message>
    <message>
        <source>Classes belong to samples: open samples, or create new ones, first.</source>
        <translation>类属于样本：请先打开样本，或新建样本。</translation>
    </message>
    <message>
        <source>Move to group</source>
        <translation>移动到组</translation>
    </message>
    <message>
        <source>Add class</source>
        <translation>添加类</translation>
    </message>
    <message>
        <source>Add group</source>
        <translation>添加组</translation>
    </message>
    <message>
        <source>Edit...</source>
        <translation>编辑...</translation>
    </message>
    <message>
        <source>Merge classes...</source>
        <translation>合并类...</translation>
    </message>
    <message>
        <source>Set up from...</source>
        <translation>从来源设置...</translation>
    </message>
    <message>
        <source>Load schema...</source>
        <translation>加载方案...</translation>
    </message>
    <message>
        <source>Save schema...</source>
        <translation>保存方案...</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Colour...</source>
        <translation>颜色...</translation>
    </message>
    <message>
        <source>Take the classes of a layer, a raster, a model, other samples or training chips</source>
        <translation>采用图层、栅格、模型、其他样本或训练影像切片的类</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>类</translation>
    </message>
    <message>
        <source>No group</source>
        <translation>无组</translation>
    </message>
    <message>
        <source>Read classes</source>
        <translation>读取类</translation>
    </message>
    <message>
        <source>From a &amp;layer of the project</source>
        <translation>来自项目中的图层(&amp;L)</translation>
    </message>
    <message>
        <source>From a &amp;file or folder</source>
        <translation>来自文件或文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Add to the present classes</source>
        <translation>添加到现有类(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Replace the present classes</source>
        <translation>替换现有类(&amp;R)</translation>
    </message>
    <message>
        <source>Reading the classes...</source>
        <translation>正在读取类...</translation>
    </message>
    <message>
        <source>{count} classes.</source>
        <translation>{count} 个类。</translation>
    </message>
    <message>
        <source>{count} class.</source>
        <translation>{count} 个类。</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>File...</source>
        <translation>文件...</translation>
    </message>
    <message>
        <source>Folder...</source>
        <translation>文件夹...</translation>
    </message>
    <message>
        <source>Model, samples, schema, or folder of a model or chips</source>
        <translation>模型、样本、方案，或模型或影像切片的文件夹</translation>
    </message>
    <message>
        <source>A model (.emd, .onnx, .dlpk), samples of Swath (.gpkg), a schema (.json, .ecs), or the folder of a model or of training chips</source>
        <translation>模型（.emd、.onnx、.dlpk）、Swath 的样本 (.gpkg)、方案（.json、.ecs），或者模型或训练影像切片的文件夹</translation>
    </message>
    <message>
        <source>Choose where the classes come from.</source>
        <translation>请选择类的来源。</translation>
    </message>
    <message>
        <source>Models, samples and schemas ({kinds})</source>
        <translation>模型、样本和方案 ({kinds})</translation>
    </message>
    <message>
        <source>Count chips</source>
        <translation>统计影像切片数</translation>
    </message>
    <message>
        <source>Half of the samples are longer than {side} pixels.</source>
        <translation>半数样本的长边超过 {side} 个像素。</translation>
    </message>
    <message>
        <source>Labeled: {share} of {image} (overlaps count twice).</source>
        <translation>已标注：{image} 的 {share}（重叠部分计两次）。</translation>
    </message>
    <message>
        <source>One is longer than a chip of {chip}: no chip shows it whole.</source>
        <translation>有一个样本的长边大于影像切片 ({chip})：没有影像切片能完整显示它。</translation>
    </message>
    <message>
        <source>{count} are longer than a chip of {chip}: no chip shows them whole.</source>
        <translation>有 {count} 个样本的长边大于影像切片 ({chip})：没有影像切片能完整显示它们。</translation>
    </message>
    <message>
        <source>Fully labeled areas: {size}.</source>
        <translation>完全标注区域：{size}。</translation>
    </message>
    <message>
        <source>By class</source>
        <translation>按类</translation>
    </message>
    <message>
        <source>Longer side of the samples, in pixels</source>
        <translation>样本的长边，以像素为单位</translation>
    </message>
    <message>
        <source>What a chip size would give</source>
        <translation>不同影像切片大小的预计结果</translation>
    </message>
    <message>
        <source>New labels ...</source>
        <translation>新建标注 ...</translation>
    </message>
    <message>
        <source>Open labels ...</source>
        <translation>打开标注 ...</translation>
    </message>
    <message>
        <source>Take a layer as labels ...</source>
        <translation>将图层用作标注 ...</translation>
    </message>
    <message>
        <source>Save a copy for a colleague ...</source>
        <translation>为同事保存副本 ...</translation>
    </message>
    <message>
        <source>Merge a colleague&apos;s copy ...</source>
        <translation>合并同事的副本 ...</translation>
    </message>
    <message>
        <source>Show the folder</source>
        <translation>显示文件夹</translation>
    </message>
    <message>
        <source>Close the labels</source>
        <translation>关闭标注</translation>
    </message>
    <message>
        <source>New, open, take a layer, merge a copy, close</source>
        <translation>新建、打开、使用图层、合并副本、关闭</translation>
    </message>
    <message>
        <source>Add an image to the map first, then press New labels.</source>
        <translation>请先向地图添加影像，然后点击“新建标注”。</translation>
    </message>
    <message>
        <source>No labels are open</source>
        <translation>未打开任何标注</translation>
    </message>
    <message>
        <source>{path}
Every edit is saved at once.</source>
        <translation>{path}
每次编辑都会立即保存。</translation>
    </message>
    <message>
        <source>To label {image}, press New labels, or simply a drawing tool below: you are only asked where to keep the file, and everything you draw is saved in it at once.</source>
        <translation>要标注 {image}，请点击“新建标注”，或直接点击下方的绘图工具：您只需指定文件的保存位置，此后绘制的所有内容都会立即保存到该文件中。</translation>
    </message>
    <message>
        <source>Edit in QGIS</source>
        <translation>在 QGIS 中编辑</translation>
    </message>
    <message>
        <source>Take samples from {layer}</source>
        <translation>从 {layer} 获取样本</translation>
    </message>
    <message>
        <source>Merge {name}</source>
        <translation>合并 {name}</translation>
    </message>
    <message>
        <source>Tolerance</source>
        <translation>容差</translation>
    </message>
    <message>
        <source>How far colours may be from that of the click (Ctrl and wheel on the map).</source>
        <translation>颜色与单击处颜色之间允许的差异（在地图上按住 Ctrl 并滚动滚轮）。</translation>
    </message>
    <message>
        <source>Draw, select and change the samples: objects of the current class.</source>
        <translation>绘制、选择和修改样本：当前类的对象。</translation>
    </message>
    <message>
        <source>Draw, select and change the areas in which every object is labeled.</source>
        <translation>绘制、选择和修改其中所有对象均已标注的区域。</translation>
    </message>
    <message>
        <source>Choose a tool. Keys 1 to 9 choose the class, Space moves the map.</source>
        <translation>请选择工具。按键 1 到 9 选择类，空格键移动地图。</translation>
    </message>
    <message>
        <source>Snap to vertices and edges</source>
        <translation>捕捉到顶点和边</translation>
    </message>
    <message>
        <source>Open or create a labels file to draw.</source>
        <translation>请打开或创建标注文件以进行绘制。</translation>
    </message>
    <message>
        <source>{tool} (key {key} on the map)</source>
        <translation>{tool}（地图上的按键 {key}）</translation>
    </message>
    <message>
        <source>the last vertex</source>
        <translation>最后一个顶点</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>{count} points are needed: click on the map, or press Esc to stop.</source>
        <translation>需要 {count} 个点：请在地图上单击，或按 Esc 停止。</translation>
    </message>
    <message>
        <source>Click the edge.</source>
        <translation>请单击边缘。</translation>
    </message>
    <message>
        <source>Click the centre, or drag from the centre to the edge.</source>
        <translation>请单击圆心，或从圆心拖动到边缘。</translation>
    </message>
    <message>
        <source>Circle</source>
        <translation>圆</translation>
    </message>
    <message>
        <source>Go on; Enter, right click or double click cuts it away.</source>
        <translation>继续绘制；按 Enter、右键单击或双击即可将其切除。</translation>
    </message>
    <message>
        <source>Draw what is to be cut away; inside of a sample it makes a hole.</source>
        <translation>绘制要切除的部分；在样本内部则形成孔洞。</translation>
    </message>
    <message>
        <source>Cut from samples</source>
        <translation>从样本中切除</translation>
    </message>
    <message>
        <source>Click how wide it is; Shift makes a circle.</source>
        <translation>请单击以确定宽度；按住 Shift 则为圆。</translation>
    </message>
    <message>
        <source>Click one end of the object.</source>
        <translation>请单击对象的一端。</translation>
    </message>
    <message>
        <source>Click the other end; Shift keeps to 45 degrees.</source>
        <translation>请单击另一端；按住 Shift 则限制为 45 度的倍数。</translation>
    </message>
    <message>
        <source>Ellipse</source>
        <translation>椭圆</translation>
    </message>
    <message>
        <source>Go on; Enter, right click or double click adds it to the sample.</source>
        <translation>继续绘制；按 Enter、右键单击或双击即可将其添加到样本。</translation>
    </message>
    <message>
        <source>Draw, from inside a sample, what is to be added to it.</source>
        <translation>从样本内部开始，绘制要添加到该样本的部分。</translation>
    </message>
    <message>
        <source>Add to a sample</source>
        <translation>添加到样本</translation>
    </message>
    <message>
        <source>Let go where the outline closes; Esc drops it.</source>
        <translation>在轮廓闭合处松开；按 Esc 则放弃。</translation>
    </message>
    <message>
        <source>Press the button, draw around the object, and let go.</source>
        <translation>按住鼠标键，沿对象绘制一圈，然后松开。</translation>
    </message>
    <message>
        <source>Freehand</source>
        <translation>自由手绘</translation>
    </message>
    <message>
        <source>Enter or a click inside accepts, Ctrl and wheel change the tolerance, Shift adds a place.</source>
        <translation>按 Enter 或在内部单击以接受，Ctrl 加滚轮调整容差，Shift 添加一处。</translation>
    </message>
    <message>
        <source>Click into a field or roof; drag to the right while holding to grow further.</source>
        <translation>在田块或屋顶内单击；按住并向右拖动可继续扩大。</translation>
    </message>
    <message>
        <source>Too few pixels are alike here: raise the tolerance, or click another place.</source>
        <translation>此处相似的像素太少：请提高容差，或单击其他位置。</translation>
    </message>
    <message>
        <source>Grow from a click</source>
        <translation>单击生长</translation>
    </message>
    <message>
        <source>Go on; Enter, right click or double click ends it, Backspace takes a point back.</source>
        <translation>继续绘制；按 Enter、右键单击或双击结束，按 Backspace 撤回一个点。</translation>
    </message>
    <message>
        <source>Click along the object; the buffer is the distance to either side.</source>
        <translation>沿对象单击；缓冲区为到两侧的距离。</translation>
    </message>
    <message>
        <source>Line with buffer</source>
        <translation>带缓冲区的线</translation>
    </message>
    <message>
        <source>Click the middle of the object; the buffer is the circle&apos;s radius.</source>
        <translation>单击对象的中心；缓冲区为圆的半径。</translation>
    </message>
    <message>
        <source>Point with buffer</source>
        <translation>带缓冲区的点</translation>
    </message>
    <message>
        <source>Go on; Enter, right click or double click ends it, Backspace takes a corner back.</source>
        <translation>继续绘制；按 Enter、右键单击或双击结束，按 Backspace 撤回一个角点。</translation>
    </message>
    <message>
        <source>Click the corners of the object, or hold the button to draw freehand.</source>
        <translation>依次单击对象的各个角点，或按住鼠标键自由手绘。</translation>
    </message>
    <message>
        <source>Polygon</source>
        <translation>多边形</translation>
    </message>
    <message>
        <source>Click the corner opposite; Shift makes a square.</source>
        <translation>单击对角；按住 Shift 绘制正方形。</translation>
    </message>
    <message>
        <source>Click a corner, or drag from corner to corner.</source>
        <translation>单击一个角点，或从一角拖动到对角。</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>矩形</translation>
    </message>
    <message>
        <source>Click the far side.</source>
        <translation>单击对边。</translation>
    </message>
    <message>
        <source>Click where an edge of the object starts.</source>
        <translation>单击对象某条边的起点。</translation>
    </message>
    <message>
        <source>Click where the edge ends; Shift keeps to 45 degrees.</source>
        <translation>单击该边的终点；按住 Shift 限制为 45 度的倍数。</translation>
    </message>
    <message>
        <source>Rotated rectangle</source>
        <translation>旋转矩形</translation>
    </message>
    <message>
        <source>Click, or drag a box, to select (Shift adds); drag what is selected to move it.</source>
        <translation>单击或拖出矩形框以选择（Shift 添加）；拖动所选内容可移动。</translation>
    </message>
    <message>
        <source>Select and move</source>
        <translation>选择和移动</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>移动</translation>
    </message>
    <message>
        <source>Drag a vertex, or an edge for a new one; Delete removes the vertex under the pointer.</source>
        <translation>拖动顶点，或拖动边以新增顶点；按 Delete 移除指针处的顶点。</translation>
    </message>
    <message>
        <source>Point at the outline of a sample.</source>
        <translation>请将指针移到样本的轮廓上。</translation>
    </message>
    <message>
        <source>Remove a vertex</source>
        <translation>移除顶点</translation>
    </message>
    <message>
        <source>Edit vertices</source>
        <translation>编辑顶点</translation>
    </message>
    <message>
        <source>Add a vertex</source>
        <translation>添加顶点</translation>
    </message>
    <message>
        <source>Move a vertex</source>
        <translation>移动顶点</translation>
    </message>
    <message>
        <source>Swath: label, train, apply</source>
        <translation>Swath：标注、训练、应用</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>返回</translation>
    </message>
    <message>
        <source>Step through the errors</source>
        <translation>逐个查看错误</translation>
    </message>
    <message>
        <source>Accuracy of a map</source>
        <translation>地图的精度</translation>
    </message>
    <message>
        <source>Accuracy of found objects</source>
        <translation>检测对象的精度</translation>
    </message>
    <message>
        <source>What to assess</source>
        <translation>评估内容</translation>
    </message>
    <message>
        <source>mAP</source>
        <translation>mAP</translation>
    </message>
    <message>
        <source>Compute accuracy</source>
        <translation>计算精度</translation>
    </message>
    <message>
        <source>Open the report</source>
        <translation>打开报告</translation>
    </message>
    <message>
        <source>background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>The labels say {name}</source>
        <translation>标注为 {name}</translation>
    </message>
    <message>
        <source>The reference has no such object here</source>
        <translation>参考数据在此处没有这样的对象</translation>
    </message>
    <message>
        <source>The reference has {name} here: the model missed it</source>
        <translation>参考数据在此处有 {name}：模型漏检</translation>
    </message>
    <message>
        <source>The model is not sure of this object</source>
        <translation>模型对此对象不确定</translation>
    </message>
    <message>
        <source>Next likely: {name}, {share} %</source>
        <translation>其次可能：{name}，{share} %</translation>
    </message>
    <message>
        <source>The model is not sure here</source>
        <translation>模型在此处不确定</translation>
    </message>
    <message>
        <source>Add sample</source>
        <translation>添加样本</translation>
    </message>
    <message>
        <source>the search for places</source>
        <translation>位置查找</translation>
    </message>
    <message>
        <source>Comparing the map with the labels</source>
        <translation>正在比较地图与标注</translation>
    </message>
    <message>
        <source>Draw the right outline on the map: 1 to 9 choose the class, Enter ends, Esc gives up.</source>
        <translation>在地图上绘制正确的轮廓：按 1 到 9 选择类，按 Enter 结束，按 Esc 放弃。</translation>
    </message>
    <message>
        <source>Looking through the objects</source>
        <translation>正在检查对象</translation>
    </message>
    <message>
        <source>Hold to hide the map</source>
        <translation>按住以隐藏地图</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>接受</translation>
    </message>
    <message>
        <source>What is it really?</source>
        <translation>实际上是什么？</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>未找到任何内容</translation>
    </message>
    <message>
        <source>Previous place (Left)</source>
        <translation>上一个位置 (Left)</translation>
    </message>
    <message>
        <source>Next place (Right)</source>
        <translation>下一个位置 (Right)</translation>
    </message>
    <message>
        <source>The model is right: the place becomes a sample of this class (A or Enter)</source>
        <translation>模型正确：此位置将成为该类的样本（A 或 Enter）</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>There is no class or object here: no sample is made (B or 0)</source>
        <translation>此处没有类或对象：不创建样本（B 或 0）</translation>
    </message>
    <message>
        <source>Draw outline</source>
        <translation>绘制轮廓</translation>
    </message>
    <message>
        <source>Draw the right outline on the map (D)</source>
        <translation>在地图上绘制正确的轮廓 (D)</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Leave this place as it is (S)</source>
        <translation>此位置保持原样 (S)</translation>
    </message>
    <message>
        <source>Take the last step back (U or Ctrl+Z)</source>
        <translation>撤回上一步（U 或 Ctrl+Z）</translation>
    </message>
    <message>
        <source>Place {n} of {count}</source>
        <translation>位置 {n}/{count}</translation>
    </message>
    <message>
        <source>{count} px</source>
        <translation>{count} 像素</translation>
    </message>
    <message>
        <source>Accept: {name}</source>
        <translation>接受：{name}</translation>
    </message>
    <message>
        <source>No labels are open: corrections become samples in a file of labels.</source>
        <translation>未打开标注：更正将作为样本存入标注文件。</translation>
    </message>
    <message>
        <source>Cut out of samples of other classes</source>
        <translation>从其他类的样本中切除</translation>
    </message>
    <message>
        <source>B marks the surroundings as labeled</source>
        <translation>B 将周围标记为已标注</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Other places</source>
        <translation>其他位置</translation>
    </message>
    <message>
        <source>So that no pixel has two classes. Samples that are wholly covered are removed.</source>
        <translation>避免同一像素属于两个类。被完全覆盖的样本将被移除。</translation>
    </message>
    <message>
        <source>With B, the dotted square becomes a fully labeled area: everything in it that has no sample is background. Tick it only if nothing in there is left to label; chips are then made only within such areas.</source>
        <translation>按 B 时，虚线方框将成为完全标注区域：其中没有样本的部分均为背景。仅当其中没有遗漏的标注时才勾选；此后仅在此类区域内生成影像切片。</translation>
    </message>
    <message>
        <source>New labels</source>
        <translation>新建标注</translation>
    </message>
    <message>
        <source>Find places to review</source>
        <translation>查找待审核的位置</translation>
    </message>
    <message>
        <source>Go to the tab Apply</source>
        <translation>转到“应用”选项卡</translation>
    </message>
    <message>
        <source>No such place was found: widen the search under More settings, or look at something else.</source>
        <translation>未找到此类位置：请在“更多设置”中放宽查找条件，或查看其他内容。</translation>
    </message>
    <message>
        <source>open</source>
        <translation>待处理</translation>
    </message>
    <message>
        <source>Progress of the review</source>
        <translation>审核进度</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>已接受</translation>
    </message>
    <message>
        <source>corrected</source>
        <translation>已更正</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>已跳过</translation>
    </message>
    <message>
        <source>Compute them with the last model</source>
        <translation>使用最近的模型计算</translation>
    </message>
    <message>
        <source>Skip place</source>
        <translation>跳过位置</translation>
    </message>
    <message>
        <source>The last step was not made here ({step}): undo and redo it in the tab Label.</source>
        <translation>上一步不是在此处进行的（{step}）：请在“标注”选项卡中撤销和重做。</translation>
    </message>
    <message>
        <source>Review: {name}</source>
        <translation>审核：{name}</translation>
    </message>
    <message>
        <source>Go on with the last review</source>
        <translation>继续上次的审核</translation>
    </message>
    <message>
        <source>Compute the accuracy ...</source>
        <translation>计算精度 ...</translation>
    </message>
    <message>
        <source>{n} of the new samples lie outside of the fully labeled areas: no chips are made of them.</source>
        <translation>{n} 个新样本位于完全标注区域之外：不会用它们生成影像切片。</translation>
    </message>
    <message>
        <source>Looking through the samples</source>
        <translation>正在检查样本</translation>
    </message>
    <message>
        <source>Smooth outlines by a pixel</source>
        <translation>将轮廓平滑一个像素</translation>
    </message>
    <message>
        <source>Find places</source>
        <translation>查找位置</translation>
    </message>
    <message>
        <source>Found by itself</source>
        <translation>自动查找</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Look at</source>
        <translation>查看内容</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>地图</translation>
    </message>
    <message>
        <source>Places at most</source>
        <translation>最大位置数</translation>
    </message>
    <message>
        <source>Lead of the first class below</source>
        <translation>首位类的领先幅度低于</translation>
    </message>
    <message>
        <source>Confidence below</source>
        <translation>置信度低于</translation>
    </message>
    <message>
        <source>Smallest place</source>
        <translation>最小位置</translation>
    </message>
    <message>
        <source> pixels</source>
        <translation> 像素</translation>
    </message>
    <message>
        <source>The raster that Classify Pixels wrote as Probabilities</source>
        <translation>由“分类像素”写出的概率栅格</translation>
    </message>
    <message>
        <source>The image that corrections become samples of</source>
        <translation>更正将成为此影像的样本</translation>
    </message>
    <message>
        <source>A pixel is uncertain where the likeliest class leads the second by less than this</source>
        <translation>最可能的类领先第二位类的幅度低于此值时，该像素视为不确定</translation>
    </message>
    <message>
        <source>Smaller places are left out</source>
        <translation>舍弃更小的位置</translation>
    </message>
    <message>
        <source>Objects that the model is surer of are left out</source>
        <translation>舍弃模型置信度高于此值的对象</translation>
    </message>
    <message>
        <source>Takes the steps of pixels out of the outlines</source>
        <translation>消除轮廓中的像素锯齿</translation>
    </message>
    <message>
        <source>Where two classes are about as likely, spread over the whole map.</source>
        <translation>两个类的可能性相近之处，分布于整个地图。</translation>
    </message>
    <message>
        <source>The largest first. Without labels nothing is compared.</source>
        <translation>从最大的开始。没有标注之处不作比较。</translation>
    </message>
    <message>
        <source>The least certain first, spread over the whole map.</source>
        <translation>从最不确定的开始，分布于整个地图。</translation>
    </message>
    <message>
        <source>From the layer that the accuracy assessment of objects makes.</source>
        <translation>来自对象精度评估生成的图层。</translation>
    </message>
    <message>
        <source>Overlaps of classes, slivers and broken outlines of the labels.</source>
        <translation>标注中的类重叠、狭长碎片和破损轮廓。</translation>
    </message>
    <message>
        <source>Matches</source>
        <translation>匹配结果</translation>
    </message>
    <message>
        <source>Least certain places</source>
        <translation>最不确定的位置</translation>
    </message>
    <message>
        <source>Differences from labels</source>
        <translation>与标注的差异</translation>
    </message>
    <message>
        <source>Least certain objects</source>
        <translation>最不确定的对象</translation>
    </message>
    <message>
        <source>Missed and false objects</source>
        <translation>漏检和误检的对象</translation>
    </message>
    <message>
        <source>Samples with warnings</source>
        <translation>有警告的样本</translation>
    </message>
    <message>
        <source>{accepted} accepted, {corrected} corrected, {skipped} skipped</source>
        <translation>已接受 {accepted} 个，已更正 {corrected} 个，已跳过 {skipped} 个</translation>
    </message>
    <message>
        <source>Export again with the new samples</source>
        <translation>使用新样本重新导出</translation>
    </message>
    <message>
        <source>Fine-tune the model</source>
        <translation>微调模型</translation>
    </message>
    <message>
        <source>Back to the places</source>
        <translation>返回位置</translation>
    </message>
    <message>
        <source>Look for other places</source>
        <translation>查找其他位置</translation>
    </message>
    <message>
        <source>All places are reviewed</source>
        <translation>所有位置均已审核</translation>
    </message>
    <message>
        <source>{n} places are left</source>
        <translation>还剩 {n} 个位置</translation>
    </message>
    <message>
        <source>What the model said and what it was</source>
        <translation>模型的判断与实际情况</translation>
    </message>
    <message>
        <source>Train the last model further, with the chips of the new samples</source>
        <translation>使用新样本的影像切片继续训练最近的模型</translation>
    </message>
    <message>
        <source>Train a model first: none is known in this project</source>
        <translation>请先训练模型：此项目中没有已知的模型</translation>
    </message>
    <message>
        <source>You</source>
        <translation>您</translation>
    </message>
    <message>
        <source>Places</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>The model was right in {share} % of them.</source>
        <translation>其中 {share} % 模型判断正确。</translation>
    </message>
    <message>
        <source>Drawing outlines</source>
        <translation>正在绘制轮廓</translation>
    </message>
    <message>
        <source>Looking for uncertain places</source>
        <translation>正在查找不确定的位置</translation>
    </message>
    <message>
        <source>This model type has no settings of its own.</source>
        <translation>此模型类型没有自身的设置。</translation>
    </message>
    <message>
        <source>AUTO takes the defaults: choose a model type to set its arguments.</source>
        <translation>AUTO 采用默认值：请选择模型类型以设置其参数。</translation>
    </message>
    <message>
        <source>Back to the default</source>
        <translation>恢复默认值</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Default: {value}</source>
        <translation>默认值：{value}</translation>
    </message>
    <message>
        <source>{name}: back to the default</source>
        <translation>{name}：恢复默认值</translation>
    </message>
    <message>
        <source>Epoch</source>
        <translation>轮次</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>损失</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>精度</translation>
    </message>
    <message>
        <source>Finding the learning rate</source>
        <translation>正在确定学习率</translation>
    </message>
    <message>
        <source>training</source>
        <translation>训练</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>验证</translation>
    </message>
    <message>
        <source>best: {epoch}</source>
        <translation>最佳：{epoch}</translation>
    </message>
    <message>
        <source>{measure} by class</source>
        <translation>各类的{measure}</translation>
    </message>
    <message>
        <source>chosen: {rate}</source>
        <translation>选定：{rate}</translation>
    </message>
    <message>
        <source>Nothing yet: the first values come with the first epoch.</source>
        <translation>暂无内容：第一个轮次完成后显示首批数值。</translation>
    </message>
    <message>
        <source>Logarithmic axis</source>
        <translation>对数轴</translation>
    </message>
    <message>
        <source>Save chart</source>
        <translation>保存图表</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>图片 (*.png)</translation>
    </message>
    <message>
        <source>Save as PNG ...</source>
        <translation>另存为 PNG ...</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>The folder {path} holds no chips: export some, or choose the folder with map.txt.</source>
        <translation>文件夹 {path} 中没有影像切片：请导出一些，或选择包含 map.txt 的文件夹。</translation>
    </message>
    <message>
        <source>{count} chips</source>
        <translation>{count} 个影像切片</translation>
    </message>
    <message>
        <source>{side} pixels wide</source>
        <translation>宽 {side} 个像素</translation>
    </message>
    <message>
        <source>There is no folder {path}.</source>
        <translation>文件夹 {path} 不存在。</translation>
    </message>
    <message>
        <source>These chips ({format}) are not for {kind}.</source>
        <translation>这些影像切片 ({format}) 不适用于{kind}。</translation>
    </message>
    <message>
        <source>Add another folder with the same format, bands and classes</source>
        <translation>添加格式、波段和类均相同的其他文件夹</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>添加文件夹</translation>
    </message>
    <message>
        <source>Folder of chips</source>
        <translation>影像切片文件夹</translation>
    </message>
    <message>
        <source>Folder written by Export, or by ArcGIS Pro</source>
        <translation>由“导出”或 ArcGIS Pro 生成的文件夹</translation>
    </message>
    <message>
        <source>Leave this folder out</source>
        <translation>去掉此文件夹</translation>
    </message>
    <message>
        <source>Look at chips</source>
        <translation>查看影像切片</translation>
    </message>
    <message>
        <source>No model type learns from them yet: export chips in another format.</source>
        <translation>尚无模型类型可用其训练：请以其他格式导出影像切片。</translation>
    </message>
    <message>
        <source>The folders hold chips of several formats ({formats}): one training takes one.</source>
        <translation>各文件夹中的影像切片格式不同 ({formats})：一次训练只能使用一种格式。</translation>
    </message>
    <message>
        <source>Take {kind}</source>
        <translation>选择{kind}</translation>
    </message>
    <message>
        <source>no label</source>
        <translation>无标注</translation>
    </message>
    <message>
        <source>Earlier chips (Page Up)</source>
        <translation>前面的影像切片 (Page Up)</translation>
    </message>
    <message>
        <source>Further chips (Page Down)</source>
        <translation>后面的影像切片 (Page Down)</translation>
    </message>
    <message>
        <source>In another order, by chance</source>
        <translation>以另一种随机顺序显示</translation>
    </message>
    <message>
        <source>Shuffle</source>
        <translation>随机打乱</translation>
    </message>
    <message>
        <source>{first} to {last} of {count}</source>
        <translation>第 {first} 到 {last} 个，共 {count} 个</translation>
    </message>
    <message>
        <source>no chips</source>
        <translation>没有影像切片</translation>
    </message>
    <message>
        <source>Draw chips</source>
        <translation>绘制影像切片</translation>
    </message>
    <message>
        <source>{count} objects</source>
        <translation>{count} 个对象</translation>
    </message>
    <message>
        <source>and {count} more classes</source>
        <translation>以及另外 {count} 个类</translation>
    </message>
    <message>
        <source>on {count} chips</source>
        <translation>位于 {count} 个影像切片中</translation>
    </message>
    <message>
        <source>How far around points and lines pixels are of their class, and how far they fade out beyond, in pixels. Only for labels of points or lines.</source>
        <translation>点和线周围多远以内的像素属于其类，以及在此之外逐渐淡出的距离，以像素为单位。仅用于点或线标注。</translation>
    </message>
    <message>
        <source>solid</source>
        <translation>实心</translation>
    </message>
    <message>
        <source>blur from</source>
        <translation>模糊，从</translation>
    </message>
    <message>
        <source>to</source>
        <translation>到</translation>
    </message>
    <message>
        <source>Set all to the same value</source>
        <translation>全部设为相同的值</translation>
    </message>
    <message>
        <source>epoch</source>
        <translation>轮次</translation>
    </message>
    <message>
        <source>time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>The best epoch</source>
        <translation>最佳轮次</translation>
    </message>
    <message>
        <source>class</source>
        <translation>类</translation>
    </message>
    <message>
        <source>Pixel Segmentation</source>
        <translation>像素分割</translation>
    </message>
    <message>
        <source>Object Detection</source>
        <translation>对象检测</translation>
    </message>
    <message>
        <source>What the model is to say of an image</source>
        <translation>模型要从影像中得出的结果</translation>
    </message>
    <message>
        <source>The network. AUTO takes what fits the chips and the preset</source>
        <translation>网络。AUTO 选用适合影像切片和预设的网络</translation>
    </message>
    <message>
        <source>The part of the network that sees. Choose one, or type timm:NAME for any of timm&apos;s</source>
        <translation>网络中提取影像特征的部分。请选择一个，或输入 timm:NAME 以使用 timm 中的任意骨干网络</translation>
    </message>
    <message>
        <source>Kind of model</source>
        <translation>模型种类</translation>
    </message>
    <message>
        <source>AUTO</source>
        <translation>AUTO</translation>
    </message>
    <message>
        <source>It does not learn from these chips ({format}).</source>
        <translation>它不能用这些影像切片训练 ({format})。</translation>
    </message>
    <message>
        <source>AUTO takes what fits the chips: now {model}.</source>
        <translation>AUTO 选用适合影像切片的模型类型：目前为 {model}。</translation>
    </message>
    <message>
        <source>Cancel the training? The finished epochs are kept, and you can resume it later.</source>
        <translation>是否取消训练？已完成的轮次将会保留，之后可以继续训练。</translation>
    </message>
    <message>
        <source>Remove the unfinished training in {folder} with its {count} epochs?</source>
        <translation>是否移除 {folder} 中未完成的训练及其 {count} 个轮次？</translation>
    </message>
    <message>
        <source>Epochs</source>
        <translation>轮次</translation>
    </message>
    <message>
        <source>Stopping: the best epoch so far becomes the model.</source>
        <translation>正在停止：将以目前的最佳轮次作为模型。</translation>
    </message>
    <message>
        <source>No epoch was finished: Resume starts anew.</source>
        <translation>没有已完成的轮次：“继续”将重新开始训练。</translation>
    </message>
    <message>
        <source>This training ended without a word: QGIS or its engine was closed or crashed.</source>
        <translation>此训练异常结束，未给出任何信息：QGIS 或其引擎已关闭或崩溃。</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>图表</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>The run folder {folder} cannot be written ({reason}).</source>
        <translation>无法写入运行文件夹 {folder} ({reason})。</translation>
    </message>
    <message>
        <source>TensorBoard is being started ...</source>
        <translation>正在启动 TensorBoard ...</translation>
    </message>
    <message>
        <source>Resume goes on after epoch {count}.</source>
        <translation>“继续”将从轮次 {count} 之后接着训练。</translation>
    </message>
    <message>
        <source>End without a model; what is done can be resumed</source>
        <translation>结束且不生成模型；已完成的部分可以继续训练</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Go on from the last whole epoch, with the same settings</source>
        <translation>采用相同的设置，从最后一个完整的轮次继续</translation>
    </message>
    <message>
        <source>Clean up</source>
        <translation>清理</translation>
    </message>
    <message>
        <source>Remove the unfinished training</source>
        <translation>移除未完成的训练</translation>
    </message>
    <message>
        <source>Use this model on an image</source>
        <translation>将此模型用于影像</translation>
    </message>
    <message>
        <source>Open the page with losses and accuracy in the browser</source>
        <translation>在浏览器中打开包含损失和精度的网页</translation>
    </message>
    <message>
        <source>TensorBoard</source>
        <translation>TensorBoard</translation>
    </message>
    <message>
        <source>Show the log of this run in TensorBoard, in the browser</source>
        <translation>在浏览器中用 TensorBoard 显示此次运行的日志</translation>
    </message>
    <message>
        <source>No training yet: set one up, or open the folder of one that was started elsewhere.</source>
        <translation>尚无训练：请设置一个训练，或打开在别处启动的训练的文件夹。</translation>
    </message>
    <message>
        <source>The training begins: the chips are read</source>
        <translation>训练开始：正在读取影像切片</translation>
    </message>
    <message>
        <source>An unfinished training is in this folder: the same settings go on with it (see Runs).</source>
        <translation>此文件夹中有未完成的训练：采用相同的设置将继续该训练（参见“运行”）。</translation>
    </message>
    <message>
        <source>A training is at work in this folder: choose another one.</source>
        <translation>此文件夹中有正在进行的训练：请选择其他文件夹。</translation>
    </message>
    <message>
        <source>This folder is not empty: take {name}, for example.</source>
        <translation>此文件夹不为空：可改用例如 {name}。</translation>
    </message>
    <message>
        <source>At the best epoch, {epoch}:</source>
        <translation>最佳轮次 {epoch}：</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>The result stands here after the first epoch.</source>
        <translation>第一个轮次完成后，结果将显示在此处。</translation>
    </message>
    <message>
        <source>The folder {folder} holds no unfinished training: remove it by hand.</source>
        <translation>文件夹 {folder} 中没有未完成的训练：请手动移除该文件夹。</translation>
    </message>
    <message>
        <source>The folder {folder} could not be removed ({reason}): close programs that use it.</source>
        <translation>无法移除文件夹 {folder} ({reason})：请关闭正在使用它的程序。</translation>
    </message>
    <message>
        <source>The training in {folder} is at work: cancel it first.</source>
        <translation>{folder} 中的训练正在进行：请先将其取消。</translation>
    </message>
    <message>
        <source>Model folder of a training, finished or at work</source>
        <translation>已完成或正在进行的训练的模型文件夹</translation>
    </message>
    <message>
        <source>Training run</source>
        <translation>训练运行</translation>
    </message>
    <message>
        <source>Runs of this project and those beside them, the newest first</source>
        <translation>本项目的运行及其旁边的其他运行，最新的在前</translation>
    </message>
    <message>
        <source>Look for runs that were started elsewhere</source>
        <translation>查找在别处启动的运行</translation>
    </message>
    <message>
        <source>Watch a run that was started elsewhere: choose its model folder</source>
        <translation>查看在别处启动的运行：选择其模型文件夹</translation>
    </message>
    <message>
        <source>There is no training in {folder}: choose a model folder.</source>
        <translation>{folder} 中没有训练：请选择模型文件夹。</translation>
    </message>
    <message>
        <source>Preparing the training</source>
        <translation>正在准备训练</translation>
    </message>
    <message>
        <source>training loss</source>
        <translation>训练损失</translation>
    </message>
    <message>
        <source>validation loss</source>
        <translation>验证损失</translation>
    </message>
    <message>
        <source>mean F1</source>
        <translation>平均 F1</translation>
    </message>
    <message>
        <source>mean precision</source>
        <translation>平均精确率</translation>
    </message>
    <message>
        <source>mean recall</source>
        <translation>平均召回率</translation>
    </message>
    <message>
        <source>AP50</source>
        <translation>AP50</translation>
    </message>
    <message>
        <source>mAP 0.50:0.95</source>
        <translation>mAP 0.50:0.95</translation>
    </message>
    <message>
        <source>precision</source>
        <translation>精确率</translation>
    </message>
    <message>
        <source>recall</source>
        <translation>召回率</translation>
    </message>
    <message>
        <source>F1</source>
        <translation>F1</translation>
    </message>
    <message>
        <source>IoU</source>
        <translation>IoU</translation>
    </message>
    <message>
        <source>AP75</source>
        <translation>AP75</translation>
    </message>
    <message>
        <source>AP 0.50:0.95</source>
        <translation>AP 0.50:0.95</translation>
    </message>
    <message>
        <source>objects</source>
        <translation>对象</translation>
    </message>
    <message>
        <source>found</source>
        <translation>检出</translation>
    </message>
    <message>
        <source>false</source>
        <translation>误检</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>漏检</translation>
    </message>
    <message>
        <source>learning rate</source>
        <translation>学习率</translation>
    </message>
    <message>
        <source>threshold</source>
        <translation>阈值</translation>
    </message>
    <message>
        <source>No training here yet</source>
        <translation>此处尚无训练</translation>
    </message>
    <message>
        <source>Finished after {count} epochs</source>
        <translation>已完成，共 {count} 个轮次</translation>
    </message>
    <message>
        <source>Cancelled after {count} of {total} epochs</source>
        <translation>已取消，完成 {count}/{total} 个轮次</translation>
    </message>
    <message>
        <source>Ended by an error after {count} of {total} epochs</source>
        <translation>因错误结束，完成 {count}/{total} 个轮次</translation>
    </message>
    <message>
        <source>Interrupted after {count} of {total} epochs</source>
        <translation>已中断，完成 {count}/{total} 个轮次</translation>
    </message>
    <message>
        <source>Looking for the learning rate</source>
        <translation>正在确定学习率</translation>
    </message>
    <message>
        <source>Writing the model and its report</source>
        <translation>正在写入模型及其报告</translation>
    </message>
    <message>
        <source>{train} chips, {valid} for validation</source>
        <translation>{train} 个影像切片，{valid} 个用于验证</translation>
    </message>
    <message>
        <source>Best so far: epoch {epoch}</source>
        <translation>目前最佳：轮次 {epoch}</translation>
    </message>
    <message>
        <source>Best: epoch {epoch}</source>
        <translation>最佳：轮次 {epoch}</translation>
    </message>
    <message>
        <source>Epoch {epoch} of {epochs}: validation</source>
        <translation>轮次 {epoch}/{epochs}：验证</translation>
    </message>
    <message>
        <source>Epoch {epoch} of {epochs}, batch {step} of {steps}</source>
        <translation>轮次 {epoch}/{epochs}，批次 {step}/{steps}</translation>
    </message>
    <message>
        <source>Epoch {epoch} of {epochs} done</source>
        <translation>轮次 {epoch}/{epochs} 已完成</translation>
    </message>
    <message>
        <source>batches of {count}</source>
        <translation>每批 {count} 个</translation>
    </message>
    <message>
        <source>about {time} left</source>
        <translation>约剩 {time}</translation>
    </message>
    <message>
        <source>{memory} of memory</source>
        <translation>内存 {memory}</translation>
    </message>
    <message>
        <source>{memory} on the GPU</source>
        <translation>GPU 显存 {memory}</translation>
    </message>
    <message>
        <source>{time} an epoch</source>
        <translation>每轮次 {time}</translation>
    </message>
    <message>
        <source>{time} in all</source>
        <translation>共 {time}</translation>
    </message>
    <message>
        <source>Truth</source>
        <translation>真实值</translation>
    </message>
    <message>
        <source>Prediction</source>
        <translation>预测</translation>
    </message>
    <message>
        <source>Which epoch&apos;s predictions are shown; at the right end, the newest</source>
        <translation>显示哪个轮次的预测；最右端为最新的轮次</translation>
    </message>
    <message>
        <source>After each epoch, some chips are drawn here: image, truth, prediction.</source>
        <translation>每个轮次完成后，此处将绘制若干影像切片：影像、真实值、预测。</translation>
    </message>
    <message>
        <source>Epoch {epoch}</source>
        <translation>轮次 {epoch}</translation>
    </message>
    <message>
        <source>TensorBoard is not in the engine environment: install it for training (Plugins &gt; Swath &gt; Set up the engine environment).</source>
        <translation>引擎环境中没有 TensorBoard：请为训练安装引擎环境（插件 &gt; Swath &gt; 配置引擎环境）。</translation>
    </message>
    <message>
        <source>TensorBoard did not start: {reason}</source>
        <translation>TensorBoard 未能启动：{reason}</translation>
    </message>
    <message>
        <source>Settings of the model type</source>
        <translation>模型类型的设置</translation>
    </message>
    <message>
        <source>ENVI-like: what is left at its default becomes {values}.</source>
        <translation>类似 ENVI：保持默认值的参数将变为 {values}。</translation>
    </message>
    <message>
        <source>Look at the chips</source>
        <translation>查看影像切片</translation>
    </message>
    <message>
        <source>Solid and blur distance</source>
        <translation>实心距离和模糊距离</translation>
    </message>
    <message>
        <source>Go on from</source>
        <translation>起点模型</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>最近一个</translation>
    </message>
    <message>
        <source>Go on from the model that was trained last</source>
        <translation>从最近训练的模型继续</translation>
    </message>
    <message>
        <source>found by a test</source>
        <translation>通过测试确定</translation>
    </message>
    <message>
        <source>The model is complete, after {time}.</source>
        <translation>模型已完成，用时 {time}。</translation>
    </message>
    <message>
        <source>Set up</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>运行</translation>
    </message>
    <message>
        <source>Another training is at work: wait for its end.</source>
        <translation>另一个训练正在进行：请等待其结束。</translation>
    </message>
    <message>
        <source>The training of {name} is complete: its result is in the tab Train.</source>
        <translation>{name} 的训练已完成：结果位于“训练”选项卡中。</translation>
    </message>
    <message>
        <source>Further rasters of the same bands, joined with the first to one on its grid, where it lies on top.</source>
        <translation>波段相同的其他栅格，按第一个栅格的格网与其镶嵌为一个，重叠处以第一个栅格为准。</translation>
    </message>
    <message>
        <source>All rasters in this folder are joined, too, in the order of their names.</source>
        <translation>还将按名称顺序镶嵌此文件夹中的所有栅格。</translation>
    </message>
    <message>
        <source>Joined, the {count} rasters are {width} x {height} pixels, of which they cover {percent} %.</source>
        <translation>镶嵌后，{count} 个栅格为 {width} x {height} 个像素，其中 {percent} % 被栅格覆盖。</translation>
    </message>
    <message>
        <source>PROCESS_ITEMS_SEPARATELY does without the rest (PROCESSING_MODE).</source>
        <translation>使用 PROCESS_ITEMS_SEPARATELY 可避免其余的空白部分 (PROCESSING_MODE)。</translation>
    </message>
    <message>
        <source>-1 takes all of them together: each learns from batches of its own.</source>
        <translation>-1：同时使用全部 GPU，每个 GPU 学习各自的批次。</translation>
    </message>
    <message>
        <source>What tells which epoch was the best, on the validation chips. AUTO is MIOU for pixels and AVERAGE_PRECISION for objects. For pixels: VALID_LOSS, ACCURACY, F1_SCORE (the same as DICE), MIOU, PRECISION or RECALL, each the mean of the classes. For objects: VALID_LOSS, AVERAGE_PRECISION (at an IoU of 0.5), F1_SCORE, PRECISION or RECALL. The rest is for other tasks.</source>
        <translation>用于根据验证影像切片判断哪个轮次最佳的指标。AUTO：像素为 MIOU，对象为 AVERAGE_PRECISION。用于像素：VALID_LOSS、ACCURACY、F1_SCORE（与 DICE 相同）、MIOU、PRECISION 或 RECALL，均为各类的平均值。用于对象：VALID_LOSS、AVERAGE_PRECISION（IoU 为 0.5）、F1_SCORE、PRECISION 或 RECALL。其余用于其他任务。</translation>
    </message>
    <message>
        <source>Chips are resampled so that their longer side has so many pixels; the model then sees rasters at the same scale. 0: as they are. Only for objects.</source>
        <translation>对影像切片重采样，使其较长边为此像素数；模型随后以相同的比例处理栅格。0：按影像切片的原大小。仅用于对象。</translation>
    </message>
    <message>
        <source>Stop and keep</source>
        <translation>停止并保留</translation>
    </message>
    <message>
        <source>End after this batch: the best epoch so far is kept and becomes the model</source>
        <translation>在此批次后结束：保留目前最好的轮次并作为模型</translation>
    </message>
    <message>
        <source>What the project keeps of the tab {tab} cannot be read: look over its settings.</source>
        <translation>无法读取工程中保存的“{tab}”选项卡的内容：请检查其设置。</translation>
    </message>
    <message>
        <source>The result was written, but could not be shown as a layer: {error}.</source>
        <translation>结果已写入，但无法作为图层显示：{error}。</translation>
    </message>
    <message>
        <source>The layer {layer} cannot be read: repair its source, or choose another one.</source>
        <translation>无法读取图层 {layer}：请修复其数据源，或选择其他图层。</translation>
    </message>
    <message>
        <source>{name} cannot be read</source>
        <translation>无法读取 {name}</translation>
    </message>
    <message>
        <source>The run folder {folder} does not say what was trained: set it up anew.</source>
        <translation>运行文件夹 {folder} 未说明训练了什么：请重新设置。</translation>
    </message>
    <message>
        <source>Searches turned and flipped tiles as well: finds a little more, 8 times slower. Confidences are means over all views, and may be down to half of the threshold.</source>
        <translation>同时检测旋转和翻转后的分块：能多找到一些对象，但耗时为 8 倍。置信度是所有视图的平均值，可能低至阈值的一半。</translation>
    </message>
    <message>
        <source>its folder is write-protected</source>
        <translation>其所在文件夹有写保护</translation>
    </message>
    <message>
        <source>it is a folder</source>
        <translation>它是一个文件夹</translation>
    </message>
    <message>
        <source>Only objects with the same value here suppress each other. Empty: Classvalue, else Value, Classname, Class, else all objects are of one class.</source>
        <translation>只有此字段值相同的对象才会相互抑制。留空：依次采用 Classvalue、Value、Classname、Class；都没有时，所有对象视为同一类。</translation>
    </message>
</context>
<context>
    <name>SwathEngine</name>
    <message>
        <source>Classified Tiles</source>
        <translation>分类切片</translation>
    </message>
    <message>
        <source>A raster of class values for each chip: for models that classify every pixel.</source>
        <translation>每个影像切片对应一个类值栅格：适用于对每个像素进行分类的模型。</translation>
    </message>
    <message>
        <source>Weigh rare classes more in the loss, by their pixels.</source>
        <translation>按像素数在损失中提高稀有类的权重</translation>
    </message>
    <message>
        <source>Turn the loss to pixels that are still wrong (helps rare classes).</source>
        <translation>使损失侧重于仍然分错的像素（有助于稀有类）</translation>
    </message>
    <message>
        <source>Blend pairs of chips while training (helps with few chips).</source>
        <translation>训练时将影像切片两两混合（适合切片较少的情况）</translation>
    </message>
    <message>
        <source>Class values that are not learnt: their pixels incur no loss.</source>
        <translation>不参与学习的类值：其像素不计入损失</translation>
    </message>
    <message>
        <source>What pixels without a label are: TRAIN learns them as background, IGNORE leaves them out, AUTO learns them where there is exactly one class.</source>
        <translation>如何处理没有标注的像素：TRAIN 将其作为背景学习，IGNORE 将其忽略，AUTO 仅在恰好只有一个类时将其作为背景学习</translation>
    </message>
    <message>
        <source>U-Net (pixel classification)</source>
        <translation>U-Net（像素分类）</translation>
    </message>
    <message>
        <source>Classifies every pixel. A good first choice for land cover, buildings, roads and water.</source>
        <translation>对每个像素进行分类。适合作为土地覆盖、建筑物、道路和水体的首选。</translation>
    </message>
    <message>
        <source>Pixel classification</source>
        <translation>像素分类</translation>
    </message>
    <message>
        <source>COCO</source>
        <translation>COCO</translation>
    </message>
    <message>
        <source>The outlines of all objects in one file, as COCO has them: for instance segmentation in other software.</source>
        <translation>将所有对象的轮廓按 COCO 格式存入一个文件：用于在其他软件中进行实例分割。</translation>
    </message>
    <message>
        <source>CycleGAN</source>
        <translation>CycleGAN</translation>
    </message>
    <message>
        <source>Pictures of two rasters, which need not show the same places: for models that turn one kind into the other.</source>
        <translation>来自两个栅格的影像，不要求为同一地点：适用于将一类影像转换为另一类影像的模型。</translation>
    </message>
    <message>
        <source>Export Tiles</source>
        <translation>导出切片</translation>
    </message>
    <message>
        <source>Pictures without labels, or pairs of pictures of one place: for models that turn one image into another.</source>
        <translation>不含标注的影像，或同一地点的成对影像：适用于将一幅影像转换为另一幅影像的模型。</translation>
    </message>
    <message>
        <source>ImageNet</source>
        <translation>ImageNet</translation>
    </message>
    <message>
        <source>A chip for each feature, in a folder for each class: for models that classify objects or tell them apart.</source>
        <translation>每个要素对应一个影像切片，每个类对应一个文件夹：适用于对对象进行分类或区分的模型。</translation>
    </message>
    <message>
        <source>KITTI Labels</source>
        <translation>KITTI 标注</translation>
    </message>
    <message>
        <source>A text file with the boxes of the features in each chip: for models that detect objects.</source>
        <translation>每个影像切片对应一个文本文件，包含其中各要素的边界框：适用于检测对象的模型。</translation>
    </message>
    <message>
        <source>Labeled Tiles</source>
        <translation>标注切片</translation>
    </message>
    <message>
        <source>A chip for each feature, labelled with its class: for models that classify objects.</source>
        <translation>每个要素对应一个影像切片，并标注其类：适用于对对象进行分类的模型。</translation>
    </message>
    <message>
        <source>MultiLabeled Tiles</source>
        <translation>多标注切片</translation>
    </message>
    <message>
        <source>The classes that occur in each chip: for models that tell which classes a picture shows.</source>
        <translation>每个影像切片中出现的类：适用于判断影像中包含哪些类的模型。</translation>
    </message>
    <message>
        <source>Panoptic Segmentation</source>
        <translation>全景分割</translation>
    </message>
    <message>
        <source>The class of every pixel and the number of every object: for models that find things and what is around.</source>
        <translation>每个像素的类和每个对象的编号：适用于同时识别对象及其周围环境的模型。</translation>
    </message>
    <message>
        <source>PASCAL Visual Object Classes</source>
        <translation>PASCAL 可视化对象类</translation>
    </message>
    <message>
        <source>An XML file with the boxes of the features in each chip: for models that detect objects.</source>
        <translation>每个影像切片对应一个 XML 文件，包含其中各要素的边界框：适用于检测对象的模型。</translation>
    </message>
    <message>
        <source>RCNN Masks</source>
        <translation>RCNN 掩膜</translation>
    </message>
    <message>
        <source>A mask for each class of a chip, in which every object has its own number: for Mask R-CNN.</source>
        <translation>影像切片中的每个类对应一个掩膜，其中每个对象有各自的编号：适用于 Mask R-CNN。</translation>
    </message>
    <message>
        <source>YOLO (boxes)</source>
        <translation>YOLO（边界框）</translation>
    </message>
    <message>
        <source>A text file with the boxes of the features in each chip, as Ultralytics and others read them.</source>
        <translation>每个影像切片对应一个文本文件，包含其中各要素的边界框，可由 Ultralytics 等软件读取。</translation>
    </message>
    <message>
        <source>YOLO (polygons)</source>
        <translation>YOLO（多边形）</translation>
    </message>
    <message>
        <source>A text file with the outlines of the features in each chip, as Ultralytics and others read them.</source>
        <translation>每个影像切片对应一个文本文件，包含其中各要素的轮廓，可由 Ultralytics 等软件读取。</translation>
    </message>
    <message>
        <source>DeepLabV3 (pixel classification)</source>
        <translation>DeepLabV3（像素分类）</translation>
    </message>
    <message>
        <source>Classifies every pixel by a wide context. For classes that differ by their surroundings; slower than U-Net, edges are soft.</source>
        <translation>根据大范围的上下文对每个像素进行分类。适用于因周围环境不同而有别的类；比 U-Net 慢，边缘较模糊。</translation>
    </message>
    <message>
        <source>DeepLabV3+ (pixel classification)</source>
        <translation>DeepLabV3+（像素分类）</translation>
    </message>
    <message>
        <source>Classifies every pixel by a wide context, with sharper edges than DeepLabV3, and fast.</source>
        <translation>根据大范围的上下文对每个像素进行分类，边缘比 DeepLabV3 清晰，且速度快。</translation>
    </message>
    <message>
        <source>FPN (pixel classification)</source>
        <translation>FPN（像素分类）</translation>
    </message>
    <message>
        <source>Classifies every pixel from a pyramid of features. Light; for classes of very different sizes.</source>
        <translation>利用特征金字塔对每个像素进行分类。模型轻量；适用于大小差异很大的类。</translation>
    </message>
    <message>
        <source>LinkNet (pixel classification)</source>
        <translation>LinkNet（像素分类）</translation>
    </message>
    <message>
        <source>Classifies every pixel with little computing. For large areas and slow machines; often used for roads.</source>
        <translation>以较小的计算量对每个像素进行分类。适用于大面积区域和性能较低的计算机；常用于道路。</translation>
    </message>
    <message>
        <source>MA-Net (pixel classification)</source>
        <translation>MA-Net（像素分类）</translation>
    </message>
    <message>
        <source>Classifies every pixel, with attention between distant places. For objects that belong together; needs more memory.</source>
        <translation>利用远距离位置之间的注意力对每个像素进行分类。适用于彼此关联的对象；需要更多内存。</translation>
    </message>
    <message>
        <source>MMSegmentation&apos;s networks (pixel classification)</source>
        <translation>MMSegmentation 网络（像素分类）</translation>
    </message>
    <message>
        <source>Classifies every pixel by a network of this family, named in the argument &apos;model&apos;. Some networks have backbones of their own, which an empty BACKBONE chooses.</source>
        <translation>使用该系列中由参数“model”指定的网络对每个像素进行分类。某些网络有其自身的骨干网络，BACKBONE 留空时采用。</translation>
    </message>
    <message>
        <source>The network of the family.</source>
        <translation>该系列中的网络</translation>
    </message>
    <message>
        <source>Only false: weights come through BACKBONE_WEIGHTS.</source>
        <translation>只能为 false：权重通过 BACKBONE_WEIGHTS 指定</translation>
    </message>
    <message>
        <source>PAN (pixel classification)</source>
        <translation>PAN（像素分类）</translation>
    </message>
    <message>
        <source>Classifies every pixel, with attention to what matters at several scales. For chips of at least 128 pixels.</source>
        <translation>利用注意力在多个尺度上突出重要特征，对每个像素进行分类。适用于至少 128 个像素的影像切片。</translation>
    </message>
    <message>
        <source>PSPNet (pixel classification)</source>
        <translation>PSPNet（像素分类）</translation>
    </message>
    <message>
        <source>Classifies every pixel by its surroundings at several scales. For land cover and scenes with large areas.</source>
        <translation>根据多个尺度的周围环境对每个像素进行分类。适用于土地覆盖和含大片区域的场景。</translation>
    </message>
    <message>
        <source>Bring the result to full size through a U-Net&apos;s decoder: sharper edges. False is the plain PSPNet.</source>
        <translation>通过 U-Net 的解码器将结果恢复到原大小：边缘更清晰。false 表示普通的 PSPNet</translation>
    </message>
    <message>
        <source>Into how many rows and columns the image is parted at each level of the pyramid.</source>
        <translation>金字塔每一级将影像划分成的行数和列数</translation>
    </message>
    <message>
        <source>SegFormer (pixel classification)</source>
        <translation>SegFormer（像素分类）</translation>
    </message>
    <message>
        <source>Classifies every pixel by a transformer that sees far. Strong with loaded weights; mit_b0 is the lightest.</source>
        <translation>使用视野范围大的 Transformer 对每个像素进行分类。加载权重后效果出色；mit_b0 最轻量。</translation>
    </message>
    <message>
        <source>U-Net++ (pixel classification)</source>
        <translation>U-Net++（像素分类）</translation>
    </message>
    <message>
        <source>Classifies every pixel, through finely meshed connections. For objects with structure: buildings, vehicles, roads.</source>
        <translation>通过密集的跳跃连接对每个像素进行分类。适用于结构明显的对象：建筑物、车辆、道路。</translation>
    </message>
    <message>
        <source>UPerNet (pixel classification)</source>
        <translation>UPerNet（像素分类）</translation>
    </message>
    <message>
        <source>Classifies every pixel from wide context and fine features together. Strong with modern backbones (timm:convnext_tiny).</source>
        <translation>结合大范围的上下文和精细特征对每个像素进行分类。搭配新型骨干网络 (timm:convnext_tiny) 时效果出色。</translation>
    </message>
    <message>
        <source>At most so many objects are found in a tile; give twice what the fullest chip holds.</source>
        <translation>每个分块中最多找到的对象数；请指定对象最多的影像切片中对象数的两倍。</translation>
    </message>
    <message>
        <source>Pixels from one cell of the finest features to the next. 4 takes up to twice the time and suits objects below 16 pixels.</source>
        <translation>最精细特征图上相邻单元之间的像素数。4 最多需要两倍的时间，适合小于 16 个像素的对象。</translation>
    </message>
    <message>
        <source>Sizes of the boxes that are tried, as multiples of 16, 32, 64, 128 and 256 pixels.</source>
        <translation>锚框的大小，以 16、32、64、128 和 256 个像素的倍数表示。</translation>
    </message>
    <message>
        <source>Height to width of the boxes that are tried.</source>
        <translation>锚框的高宽比。</translation>
    </message>
    <message>
        <source>At most so many boxes of a chip are learnt from in a step.</source>
        <translation>每一步中，每个影像切片最多用于学习的框数。</translation>
    </message>
    <message>
        <source>Boxes that overlap all objects less than this (IoU) are background.</source>
        <translation>与所有对象的重叠率 (IoU) 均小于此值的框视为背景。</translation>
    </message>
    <message>
        <source>Boxes that overlap an object by this much (IoU) or more hold it.</source>
        <translation>与某个对象的重叠率 (IoU) 不低于此值的框视为包含该对象。</translation>
    </message>
    <message>
        <source>Of two boxes of a class that overlap more than this (IoU) the less sure one is dropped.</source>
        <translation>两个同类的框的重叠率 (IoU) 大于此值时，舍弃置信度较低的一个。</translation>
    </message>
    <message>
        <source>At most so many objects are found in a tile.</source>
        <translation>每个分块中最多找到的对象数。</translation>
    </message>
    <message>
        <source>At most this share of the boxes learnt from holds an object.</source>
        <translation>用于学习的框中包含对象的框所占的最大比例。</translation>
    </message>
    <message>
        <source>Objects less sure than this are never found.</source>
        <translation>置信度低于此值的对象一律舍弃。</translation>
    </message>
    <message>
        <source>So many of the surest proposals of each size are looked at in training.</source>
        <translation>训练时，每种大小的候选框中参与处理的置信度最高的候选框数。</translation>
    </message>
    <message>
        <source>So many of the surest proposals of each size are looked at in a tile.</source>
        <translation>每个分块中，每种大小的候选框中参与处理的置信度最高的候选框数。</translation>
    </message>
    <message>
        <source>So many proposals of a chip go on to the second stage in training.</source>
        <translation>训练时，每个影像切片进入第二阶段的候选框数。</translation>
    </message>
    <message>
        <source>So many proposals of a tile go on to the second stage.</source>
        <translation>每个分块进入第二阶段的候选框数。</translation>
    </message>
    <message>
        <source>Of two proposals that overlap more than this (IoU) the less sure one is dropped.</source>
        <translation>两个候选框的重叠率 (IoU) 大于此值时，舍弃置信度较低的一个。</translation>
    </message>
    <message>
        <source>Tried boxes that overlap an object by this much (IoU) propose it.</source>
        <translation>与某个对象的重叠率 (IoU) 不低于此值的锚框成为该对象的候选框。</translation>
    </message>
    <message>
        <source>Tried boxes that overlap all objects less than this (IoU) propose none.</source>
        <translation>与所有对象的重叠率 (IoU) 均小于此值的锚框不作为候选框。</translation>
    </message>
    <message>
        <source>So many tried boxes of a chip are learnt from in a step.</source>
        <translation>每一步中，每个影像切片用于学习的锚框数。</translation>
    </message>
    <message>
        <source>At most this share of the tried boxes learnt from proposes an object.</source>
        <translation>用于学习的锚框中对应对象的锚框所占的最大比例。</translation>
    </message>
    <message>
        <source>Proposals less sure than this are dropped.</source>
        <translation>舍弃置信度低于此值的候选框。</translation>
    </message>
    <message>
        <source>Outlines are learnt from at most so many boxes of a chip.</source>
        <translation>每个影像切片最多用于学习轮廓的框数。</translation>
    </message>
    <message>
        <source>DETReg (object detection)</source>
        <translation>DETReg（对象检测）</translation>
    </message>
    <message>
        <source>Finds objects by a transformer (Deformable DETR) that tells neighbours apart without suppression. Wants hundreds of chips, many epochs and a GPU; with less, take RETINANET or FASTERRCNN.</source>
        <translation>使用无需抑制即可区分相邻对象的 Transformer (Deformable DETR) 查找对象。需要数百个影像切片、大量轮次和 GPU；条件不足时，请使用 RETINANET 或 FASTERRCNN。</translation>
    </message>
    <message>
        <source>Faster R-CNN (object detection)</source>
        <translation>Faster R-CNN（对象检测）</translation>
    </message>
    <message>
        <source>Finds objects as boxes, in two stages. Accurate, above all for small and crowded objects; slower than networks of one stage.</source>
        <translation>分两个阶段以边界框查找对象。准确，尤其适合小而密集的对象；比单阶段网络慢。</translation>
    </message>
    <message>
        <source>FCOS (object detection)</source>
        <translation>FCOS（对象检测）</translation>
    </message>
    <message>
        <source>Cells as near to an object&apos;s centre as this, in cells, learn it.</source>
        <translation>与对象中心的距离（以单元为单位）不超过此值的单元学习该对象。</translation>
    </message>
    <message>
        <source>Mask R-CNN (outlines of objects)</source>
        <translation>Mask R-CNN（对象轮廓）</translation>
    </message>
    <message>
        <source>Finds objects with their outlines: buildings, trees, fields. Learns from labels that are polygons.</source>
        <translation>查找对象及其轮廓：建筑物、树木、田地。使用多边形标注进行训练。</translation>
    </message>
    <message>
        <source>MMDetection&apos;s networks (object detection)</source>
        <translation>MMDetection 的网络（对象检测）</translation>
    </message>
    <message>
        <source>Finds objects as boxes by a network of this family, named in the argument &apos;model&apos;. Some networks have backbones of their own, which an empty BACKBONE chooses.</source>
        <translation>使用该系列中由参数“model”指定的网络，以边界框查找对象。部分网络有各自的骨干网络，BACKBONE 留空时采用。</translation>
    </message>
    <message>
        <source>RetinaNet (object detection)</source>
        <translation>RetinaNet（对象检测）</translation>
    </message>
    <message>
        <source>Sizes of the boxes that are tried, as multiples of 4 cells: 16 pixels at the finest features.</source>
        <translation>锚框的大小，以 4 个单元的倍数表示：在最精细的特征图上为 16 个像素。</translation>
    </message>
    <message>
        <source>RT-DETR v2 (object detection)</source>
        <translation>RT-DETR v2（对象检测）</translation>
    </message>
    <message>
        <source>Finds objects by a light transformer that tells neighbours apart without suppression. The one to take of the transformers; wants a hundred chips or more and many epochs.</source>
        <translation>使用无需抑制即可区分相邻对象的轻量 Transformer 查找对象。各 Transformer 中的首选；需要一百个或更多影像切片以及大量轮次。</translation>
    </message>
    <message>
        <source>Queries that are noisy copies of the labels, in training only: they make it learn sooner. 0 is without.</source>
        <translation>仅在训练中使用的、由标注加噪声得到的查询数：可加快学习。0：不使用。</translation>
    </message>
    <message>
        <source>SSD, Single Shot Detector (object detection)</source>
        <translation>SSD，单次检测器（对象检测）</translation>
    </message>
    <message>
        <source>Finds objects by their boxes, in grids of cells. The quickest to train and apply; for objects that stand apart and are of similar size.</source>
        <translation>在单元格网中以边界框查找对象。训练和应用最快；适合彼此分开且大小相近的对象。</translation>
    </message>
    <message>
        <source>Numbers of cells along a chip&apos;s side, one for each size of objects: with 16, objects are about a sixteenth of the chip. Empty: cells of 8, 16, 32, 64 and 128 pixels.</source>
        <translation>影像切片每边的单元数，每种对象大小对应一个数：为 16 时，对象约为影像切片的十六分之一。留空：采用 8、16、32、64 和 128 个像素的单元。</translation>
    </message>
    <message>
        <source>Sizes of the boxes in a cell, as multiples of it.</source>
        <translation>单元中锚框的大小，以单元的倍数表示。</translation>
    </message>
    <message>
        <source>How sure the network is of objects before training: 0 is undecided.</source>
        <translation>训练前网络对存在对象的倾向：0 表示不确定。</translation>
    </message>
    <message>
        <source>Learn from all boxes, turned to those that are still wrong, instead of from the hardest alone.</source>
        <translation>使用所有锚框学习并侧重仍有错误的锚框，而不是只用最难的锚框学习。</translation>
    </message>
    <message>
        <source>Shapes of the boxes in a cell: pairs of width and height, as multiples of the cell&apos;s.</source>
        <translation>单元中锚框的形状：宽和高的数对，以单元宽和高的倍数表示。</translation>
    </message>
    <message>
        <source>YOLOv3 (object detection)</source>
        <translation>YOLOv3（对象检测）</translation>
    </message>
    <message>
        <source>Width and height in pixels of the boxes that objects are learnt from: as many each for the fine, middle and coarse features, where cells are of 8, 16 and 32 pixels.</source>
        <translation>用于学习对象的锚框的宽和高，以像素为单位：精细、中等和粗略特征图上的锚框数相同，这些特征图的单元分别为 8、16 和 32 个像素。</translation>
    </message>
    <message>
        <source>Object detection</source>
        <translation>对象检测</translation>
    </message>
    <message>
        <source>Channels of the transformer. 256 is for many classes, thousands of chips and a GPU; 64 learns soonest.</source>
        <translation>Transformer 的通道数。256 适合类较多、有数千个影像切片和 GPU 的情况；64 学习最快。</translation>
    </message>
    <message>
        <source>Finds objects by their boxes: vehicles, trees, buildings. A good first choice: there are no sizes and shapes to give beforehand.</source>
        <translation>以边界框检测目标：车辆、树木、建筑物。适合作为首选：无需预先给定尺寸和形状。</translation>
    </message>
    <message>
        <source>Finds objects by their boxes, by trying given sizes and shapes. Holds its own where objects are few among much background.</source>
        <translation>通过尝试给定的尺寸和形状，以边界框检测目标。在目标稀少而背景众多时表现稳定。</translation>
    </message>
    <message>
        <source>Finds objects by their boxes, fast for its size. For objects of 10 pixels and more.</source>
        <translation>以边界框检测目标，就其规模而言速度较快。适用于 10 像素及以上的目标。</translation>
    </message>
    <message>
        <source>Pixels from one cell of the finest features to the next. 4 finds objects of 8 pixels and more; 8 takes less than half the time and suits objects of 16 pixels and more. AUTO looks at the objects.</source>
        <translation>最精细特征图上相邻单元之间的像素数。4 可找到不小于 8 个像素的对象；8 所需时间不到一半，适合不小于 16 个像素的对象。AUTO 根据对象的大小选择。</translation>
    </message>
</context>
<context>
    <name>SwathErrors</name>
    <message>
        <source>The model type {model} takes no argument &apos;{argument}&apos; (MODEL_ARGUMENTS): it takes {known}.</source>
        <translation>模型类型 {model} 没有参数“{argument}”(MODEL_ARGUMENTS)：可用的参数为 {known}。</translation>
    </message>
    <message>
        <source>The argument &apos;{argument}&apos; of {model} cannot be &apos;{value}&apos; (MODEL_ARGUMENTS): give {expected}.</source>
        <translation>{model} 的参数“{argument}”不能为“{value}”(MODEL_ARGUMENTS)：请指定 {expected}。</translation>
    </message>
    <message>
        <source>The model type {model} cannot take the backbone &apos;{backbone}&apos; (BACKBONE): use one of {known}{more}.</source>
        <translation>模型类型 {model} 不能使用骨干网络“{backbone}”(BACKBONE)：请使用以下之一：{known}{more}。</translation>
    </message>
    <message>
        <source>{detail}</source>
        <translation>{detail}</translation>
    </message>
    <message>
        <source>Cancelled: {what} was stopped before it was complete.</source>
        <translation>已取消：{what} 在完成之前被停止。</translation>
    </message>
    <message>
        <source>The engine environment of Swath is not there ({path}): set it up with Plugins &gt; Swath &gt; Set up, or with &apos;make engine&apos; in a checkout.</source>
        <translation>找不到 Swath 的引擎环境 ({path})：请通过“插件 &gt; Swath &gt; 配置引擎环境”进行配置，或在源码目录中运行“make engine”。</translation>
    </message>
    <message>
        <source>The package {package} is missing in the engine environment {path}: repair it with Plugins &gt; Swath &gt; Set up (tier &apos;{tier}&apos;).</source>
        <translation>引擎环境 {path} 中缺少软件包 {package}：请通过“插件 &gt; Swath &gt; 配置引擎环境”进行修复（级别“{tier}”）。</translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly ({how}): see the log {log} for the last lines it wrote.</source>
        <translation>引擎意外停止 ({how})：请在日志 {log} 中查看其最后写入的内容。</translation>
    </message>
    <message>
        <source>The engine ran out of memory ({how}): use a smaller batch or tile size, or close other programs. Log: {log}</source>
        <translation>引擎内存不足 ({how})：请使用较小的批大小或分块大小，或关闭其他程序。日志：{log}</translation>
    </message>
    <message>
        <source>The disk is full while writing {path}: free some space and start again.</source>
        <translation>写入 {path} 时磁盘已满：请释放一些空间后重新开始。</translation>
    </message>
    <message>
        <source>Swath met an internal error ({detail}): please report it with the log {log}.</source>
        <translation>Swath 遇到内部错误 ({detail})：请报告该问题并附上日志 {log}。</translation>
    </message>
    <message>
        <source>The job &apos;{job}&apos; cannot be read: {detail}.</source>
        <translation>无法读取作业“{job}”：{detail}。</translation>
    </message>
    <message>
        <source>The chips {path} cannot be read as {format} ({detail}): export them again, or choose another folder.</source>
        <translation>无法将影像切片 {path} 读取为 {format} 格式 ({detail})：请重新导出，或选择其他文件夹。</translation>
    </message>
    <message>
        <source>The model {model} needs the bands {bands}, but the raster {raster} has only {count} (INPUT): choose the raster with all bands that the model was trained on.</source>
        <translation>模型 {model} 需要波段 {bands}，但栅格 {raster} 只有 {count} 个波段 (INPUT)：请选择包含模型训练时所用全部波段的栅格。</translation>
    </message>
    <message>
        <source>The padding of {padding} pixels leaves nothing of a tile of {tile} (PADDING): give less than half the tile, or -1 for a quarter of the training chip.</source>
        <translation>填充 {padding} 个像素后，大小为 {tile} 的分块将没有剩余 (PADDING)：请指定小于分块大小一半的值，或指定 -1 以采用训练影像切片大小的四分之一。</translation>
    </message>
    <message>
        <source>The value {value} is not possible ({parameter}): give {expected}.</source>
        <translation>值 {value} 无效 ({parameter})：请指定 {expected}。</translation>
    </message>
    <message>
        <source>The output {path} is not possible ({parameter}): {detail}.</source>
        <translation>输出 {path} 无效 ({parameter})：{detail}。</translation>
    </message>
    <message>
        <source>The mask {path} cannot be used (MASK): {detail}.</source>
        <translation>无法使用掩膜 {path} (MASK)：{detail}。</translation>
    </message>
    <message>
        <source>The model {path} cannot be run ({detail}): export it again with Swath, or choose another tile size.</source>
        <translation>无法运行模型 {path} ({detail})：请用 Swath 重新导出，或选择其他分块大小。</translation>
    </message>
    <message>
        <source>The model {path} does not fit what it says of itself ({detail}): export it again.</source>
        <translation>模型 {path} 与其自身的描述不符 ({detail})：请重新导出。</translation>
    </message>
    <message>
        <source>No GPU can be used by the engine environment (PROCESSOR): {detail}; choose AUTO or CPU, or set up the environment for this machine&apos;s GPU with Plugins &gt; Swath &gt; Set up.</source>
        <translation>引擎环境无法使用任何 GPU (PROCESSOR)：{detail}；请选择 AUTO 或 CPU，或通过“插件 &gt; Swath &gt; 配置引擎环境”为本机的 GPU 配置环境。</translation>
    </message>
    <message>
        <source>The raster {path} cannot be read ({detail}): choose a file that opens in QGIS as a raster layer.</source>
        <translation>无法读取栅格 {path} ({detail})：请选择能在 QGIS 中作为栅格图层打开的文件。</translation>
    </message>
    <message>
        <source>The raster {path} has no band {band} (BANDS): give numbers from 1 to {count}.</source>
        <translation>栅格 {path} 没有波段 {band} (BANDS)：请指定 1 到 {count} 之间的编号。</translation>
    </message>
    <message>
        <source>The raster {path} holds pixels of type {dtype}: convert it to whole or real numbers first.</source>
        <translation>栅格 {path} 的像素类型为 {dtype}：请先将其转换为整数或实数。</translation>
    </message>
    <message>
        <source>The extent {extent} does not overlap the raster {path}, which spans {bounds} (EXTENT): give one in the raster&apos;s own coordinates, or leave it empty for the whole raster.</source>
        <translation>范围 {extent} 与栅格 {path} 不重叠，该栅格的范围为 {bounds} (EXTENT)：请使用栅格自身的坐标指定范围，或留空以使用整个栅格。</translation>
    </message>
    <message>
        <source>The extent {extent} is no rectangle (EXTENT): give xmin, ymin, xmax, ymax with xmin &lt; xmax and ymin &lt; ymax.</source>
        <translation>范围 {extent} 不是矩形 (EXTENT)：请指定 xmin, ymin, xmax, ymax，且满足 xmin &lt; xmax、ymin &lt; ymax。</translation>
    </message>
    <message>
        <source>The cell size {cell_size} does not suit the raster {path}, whose pixels measure {pixel} (CELL_SIZE): give a positive size in map units that leaves from 1 to {limit} pixels a side, or 0 for the raster&apos;s own.</source>
        <translation>像元大小 {cell_size} 不适合栅格 {path}，其像素大小为 {pixel} (CELL_SIZE)：请以地图单位指定一个正值，使每边为 1 到 {limit} 个像素，或指定 0 以采用栅格自身的像元大小。</translation>
    </message>
    <message>
        <source>A tile of {tile} pixels is larger than the raster {path}, which has {size} pixels at this cell size (TILE_SIZE_X, TILE_SIZE_Y): choose smaller tiles or a finer cell size.</source>
        <translation>{tile} 个像素的分块大于栅格 {path}，该栅格在此像元大小下为 {size} 个像素 (TILE_SIZE_X, TILE_SIZE_Y)：请选择更小的分块或更精细的像元大小。</translation>
    </message>
    <message>
        <source>The {what} cannot be {value} pixels ({parameter}): give a whole number of at least {least}.</source>
        <translation>{what} 不能为 {value} 个像素 ({parameter})：请指定一个整数，最小为 {least}。</translation>
    </message>
    <message>
        <source>The format &apos;{format}&apos; is not known ({parameter}): use one of {known}.</source>
        <translation>未知格式“{format}”({parameter})：请使用以下之一：{known}。</translation>
    </message>
    <message>
        <source>{format} chips cannot hold {bands} bands of type {dtype} (CHIP_FORMAT): {limit}; use TIFF, or choose bands that fit (BANDS).</source>
        <translation>{format} 影像切片无法存储 {bands} 个类型为 {dtype} 的波段 (CHIP_FORMAT)：{limit}；请使用 TIFF，或选择适合的波段 (BANDS)。</translation>
    </message>
    <message>
        <source>The labels {path} cannot be read ({detail}): choose a layer that opens in QGIS.</source>
        <translation>无法读取标注 {path} ({detail})：请选择能在 QGIS 中打开的图层。</translation>
    </message>
    <message>
        <source>The labels {path} hold no {what} (LABELS): draw some first, or choose another layer.</source>
        <translation>标注 {path} 不含任何 {what} (LABELS)：请先绘制一些，或选择其他图层。</translation>
    </message>
    <message>
        <source>The labels {path}, which span {bounds}, do not overlap the part of the raster {raster} to be used, which spans {raster_bounds} (LABELS, EXTENT): choose labels of this place, or check the coordinate reference system of both.</source>
        <translation>标注 {path} 的范围为 {bounds}，与栅格 {raster} 中要使用的部分不重叠，后者的范围为 {raster_bounds} (LABELS, EXTENT)：请选择位于该处的标注，或检查两者的坐标参考系。</translation>
    </message>
    <message>
        <source>The labels {path} are in {crs}, but the raster {raster} is in {raster_crs} (LABELS): reproject the labels first, or run the tool in QGIS, which does it by itself.</source>
        <translation>标注 {path} 采用 {crs}，而栅格 {raster} 采用 {raster_crs} (LABELS)：请先对标注进行重投影，或在 QGIS 中运行该工具，它会自动完成重投影。</translation>
    </message>
    <message>
        <source>The labels {path} hold the class value {value} (CLASS_FIELD): class values must be whole numbers from 1 to 4294967295, as 0 stands for unlabelled; change the value, or choose another field.</source>
        <translation>标注 {path} 含有类值 {value} (CLASS_FIELD)：类值必须为 1 到 4294967295 之间的整数，因为 0 表示未标注；请修改该值，或选择其他字段。</translation>
    </message>
    <message>
        <source>No chip was made from {path}: {reason}.</source>
        <translation>未能从 {path} 生成任何影像切片：{reason}。</translation>
    </message>
    <message>
        <source>The folder {path} already holds other things ({detail}; OUTPUT): choose an empty or a new folder, or one with chips of the same format, bands and tile size to add to it.</source>
        <translation>文件夹 {path} 中已有其他内容（{detail}；OUTPUT）：请选择空文件夹或新文件夹，或者选择已含有相同格式、波段和分块大小的影像切片的文件夹，以向其中追加。</translation>
    </message>
    <message>
        <source>The chips in {path} have {what} {there}, but these would have {here} (OUTPUT): choose a new folder, or the same settings.</source>
        <translation>{path} 中影像切片的 {what} 为 {there}，而此次将生成的为 {here} (OUTPUT)：请选择新文件夹，或使用相同的设置。</translation>
    </message>
    <message>
        <source>The class value {value} is called &apos;{there}&apos; in {path}, but &apos;{here}&apos; in these labels (OUTPUT): choose a new folder, or give the class the same value and name.</source>
        <translation>类值 {value} 在 {path} 中名为“{there}”，而在这些标注中名为“{here}”(OUTPUT)：请选择新文件夹，或为该类指定相同的值和名称。</translation>
    </message>
    <message>
        <source>The raster {path} is no classified raster ({detail}): choose one whose pixels are class values, whole numbers from 0 (CLASSIFIED).</source>
        <translation>栅格 {path} 不是分类栅格 ({detail})：请选择像素为类值（从 0 开始的整数）的栅格 (CLASSIFIED)。</translation>
    </message>
    <message>
        <source>No pixel of {classified} can be compared with the reference {reference}: choose a reference that overlaps the result where it is classified (REFERENCE, EXTENT).</source>
        <translation>{classified} 中没有可与参考数据 {reference} 比较的像素：请选择与结果的已分类区域重叠的参考数据 (REFERENCE, EXTENT)。</translation>
    </message>
    <message>
        <source>The table {path} cannot be written (OUTPUT): {detail}.</source>
        <translation>无法写入表格 {path} (OUTPUT)：{detail}。</translation>
    </message>
    <message>
        <source>The system does not allow access to {path} ({detail}): choose another place, or close the program that has it open.</source>
        <translation>系统不允许访问 {path} ({detail})：请选择其他位置，或关闭已打开它的程序。</translation>
    </message>
    <message>
        <source>The package {package} cannot be loaded in the engine environment {path} ({detail}): repair it with Plugins &gt; Swath &gt; Set up.</source>
        <translation>无法在引擎环境 {path} 中加载软件包 {package} ({detail})：请通过“插件 &gt; Swath &gt; 配置引擎环境”进行修复。</translation>
    </message>
    <message>
        <source>The folder {path} holds something else than Swath&apos;s engine environment: choose another, or empty it.</source>
        <translation>文件夹 {path} 中的内容不是 Swath 的引擎环境：请选择其他文件夹，或将其清空。</translation>
    </message>
    <message>
        <source>Setting up the engine environment failed while {step}: {reason}. The log {log} tells more.</source>
        <translation>配置引擎环境失败，所在步骤为 {step}：{reason}。详细信息见日志 {log}。</translation>
    </message>
    <message>
        <source>The package registry cannot be reached while {step}: check the network connection, and behind a proxy set HTTPS_PROXY and start again. The log {log} tells more.</source>
        <translation>无法连接软件包注册表，所在步骤为 {step}：请检查网络连接；如使用代理，请设置 HTTPS_PROXY 后重新开始。详细信息见日志 {log}。</translation>
    </message>
    <message>
        <source>A certificate of the package registry was refused while {step}: behind a proxy that replaces certificates set SSL_CERT_FILE to its certificate and start again. The log {log} tells more.</source>
        <translation>软件包注册表的证书被拒绝，所在步骤为 {step}：如所用代理会替换证书，请将 SSL_CERT_FILE 设置为其证书后重新开始。详细信息见日志 {log}。</translation>
    </message>
    <message>
        <source>A downloaded package is not the one Swath was made with (its checksum differs, while {step}): try again, or ask who runs your package mirror. The log {log} tells more.</source>
        <translation>下载的软件包与制作 Swath 时所用的不一致（校验和不同，所在步骤为 {step}）：请重试，或询问软件包镜像的管理者。详细信息见日志 {log}。</translation>
    </message>
    <message>
        <source>The package {package} was installed and does not import ({reason}): repair the environment, and if that does not help report it with the log {log}.</source>
        <translation>软件包 {package} 已安装但无法导入 ({reason})：请修复环境；如仍无效，请报告该问题并附上日志 {log}。</translation>
    </message>
    <message>
        <source>The engine environment needs about {needed} GB at {path} and {free} GB are free: free some space, or set SWATH_ENGINE_HOME to a folder on another disk.</source>
        <translation>引擎环境在 {path} 处约需 {needed} GB，可用空间为 {free} GB：请释放一些空间，或将 SWATH_ENGINE_HOME 设置为其他磁盘上的文件夹。</translation>
    </message>
    <message>
        <source>The engine environment cannot be set up as tier &apos;{tier}&apos;, build &apos;{build}&apos; on {machine}: {remedy}.</source>
        <translation>无法在 {machine} 上以级别“{tier}”、构建“{build}”配置引擎环境：{remedy}。</translation>
    </message>
    <message>
        <source>No Python 3.11 to 3.14 for the engine environment was found ({detail}): install one and name it with the option --python.</source>
        <translation>未找到可用于引擎环境的 Python 3.11 至 3.14 ({detail})：请安装一个，并用选项 --python 指定。</translation>
    </message>
    <message>
        <source>The engine environment {path} is in use ({detail}): end running Swath jobs and try again.</source>
        <translation>引擎环境 {path} 正在使用中 ({detail})：请结束正在运行的 Swath 作业后重试。</translation>
    </message>
    <message>
        <source>No model was found at {path} ({detail}): give a model folder, or an .emd, .dlpk or .onnx file (MODEL).</source>
        <translation>在 {path} 处未找到模型 ({detail})：请指定模型文件夹，或 .emd、.dlpk 或 .onnx 文件 (MODEL)。</translation>
    </message>
    <message>
        <source>The file {path} cannot be used as an ONNX model: {detail}; choose a model of Swath, or export it again.</source>
        <translation>文件 {path} 不能用作 ONNX 模型：{detail}；请选择 Swath 的模型，或重新导出。</translation>
    </message>
    <message>
        <source>The model definition {path} cannot be used ({detail}): choose another, or give the .onnx file itself (MODEL).</source>
        <translation>无法使用模型定义 {path} ({detail})：请选择其他模型定义，或直接指定 .onnx 文件 (MODEL)。</translation>
    </message>
    <message>
        <source>The model {path} was trained in ArcGIS ({classes}; tiles of {tile} pixels) and holds {weights}, but applying needs an ONNX file: train it again on the same chips with the training tool of Swath.</source>
        <translation>模型 {path} 是在 ArcGIS 中训练的（{classes}；分块为 {tile} 个像素），包含 {weights}，但应用模型需要 ONNX 文件：请使用 Swath 的训练工具，用相同的影像切片重新训练。</translation>
    </message>
    <message>
        <source>The package {path} is packed with 7-Zip: unpack it with 7-Zip and give the folder instead (MODEL).</source>
        <translation>软件包 {path} 是用 7-Zip 打包的：请用 7-Zip 解压，然后指定解压后的文件夹 (MODEL)。</translation>
    </message>
    <message>
        <source>The package {path} is not used ({detail}): get it again from its maker, or give an .onnx file (MODEL).</source>
        <translation>未使用模型包 {path} ({detail})：请从其制作者处重新获取，或指定 .onnx 文件 (MODEL)。</translation>
    </message>
    <message>
        <source>The ONNX file {path} does not say what it predicts ({detail}): use a model written by Swath, or one with the metadata of Deepness (model_type, class_names ...).</source>
        <translation>ONNX 文件 {path} 未说明其预测内容 ({detail})：请使用由 Swath 生成的模型，或带有 Deepness 元数据（model_type、class_names ...）的模型。</translation>
    </message>
    <message>
        <source>The option --{option} cannot be &apos;{value}&apos;: give {expected}.</source>
        <translation>选项 --{option} 不能为“{value}”：请指定 {expected}。</translation>
    </message>
    <message>
        <source>The folder {path} holds unfinished work with other settings or inputs: delete it to start anew, choose another output, or run the same job again to continue there.</source>
        <translation>文件夹 {path} 中有采用其他设置或输入的未完成结果：请将其删除以重新开始，或选择其他输出，或再次运行原来的作业以继续完成。</translation>
    </message>
    <message>
        <source>The output {path} is being written by another run: wait for its end, or choose another output.</source>
        <translation>输出 {path} 正由另一次运行写入：请等待其结束，或选择其他输出。</translation>
    </message>
    <message>
        <source>The result cannot take its place at {path} ({detail}): close programs and layers that use this file and run the same job again; the finished work is kept in {partial}.</source>
        <translation>无法将结果放到 {path} ({detail})：请关闭使用该文件的程序和图层，然后再次运行同一作业；已完成的结果保留在 {partial} 中。</translation>
    </message>
    <message>
        <source>The folder {folder} holds no training chips (INPUT): choose the output folder of &apos;Export training data for deep learning&apos;.</source>
        <translation>文件夹 {folder} 中没有训练影像切片 (INPUT)：请选择“导出深度学习训练数据”的输出文件夹。</translation>
    </message>
    <message>
        <source>The folder {folder} holds {count} chip(s) with labels (INPUT): a training needs at least 2; export again with a smaller stride, a smaller tile size, or more labels.</source>
        <translation>文件夹 {folder} 中有 {count} 个带标注的影像切片 (INPUT)：训练至少需要 2 个；请使用更小的步幅、更小的分块大小或更多标注重新导出。</translation>
    </message>
    <message>
        <source>The chips in {folder} hold only the class &apos;{name}&apos; and no other labelled pixel (INPUT): label a second class, or let the model learn unlabelled pixels as background (MODEL_ARGUMENTS: background TRAIN).</source>
        <translation>{folder} 中的影像切片只含有类“{name}”，没有其他已标注的像素 (INPUT)：请再标注一个类，或让模型将未标注的像素作为背景学习 (MODEL_ARGUMENTS: background TRAIN)。</translation>
    </message>
    <message>
        <source>The chips in {folder} hold no labelled pixel of a class that is learnt (INPUT): export again with labels inside the imagery, or shorten ignore_classes.</source>
        <translation>{folder} 中的影像切片不含任何参与学习的类的已标注像素 (INPUT)：请使用位于影像内的标注重新导出，或减少 ignore_classes 中的类。</translation>
    </message>
    <message>
        <source>The chips in {second} differ from those in {first} in {what} ({found} instead of {expected}): export all folders with the same settings (ADDITIONAL_INPUTS).</source>
        <translation>{second} 中的影像切片与 {first} 中的在 {what} 上不同（为 {found}，应为 {expected}）：请使用相同的设置导出所有文件夹 (ADDITIONAL_INPUTS)。</translation>
    </message>
    <message>
        <source>The chip {path} cannot be used ({detail}): delete it, or export the chips again.</source>
        <translation>无法使用影像切片 {path} ({detail})：请将其删除，或重新导出影像切片。</translation>
    </message>
    <message>
        <source>The model type &apos;{model}&apos; cannot learn from chips of the format {format} (MODEL_TYPE): use {known}.</source>
        <translation>模型类型“{model}”不能用 {format} 格式的影像切片训练 (MODEL_TYPE)：请使用 {known}。</translation>
    </message>
    <message>
        <source>The chips have no class {value} to ignore (MODEL_ARGUMENTS: ignore_classes): their values are {known}.</source>
        <translation>影像切片中没有要忽略的类 {value} (MODEL_ARGUMENTS: ignore_classes)：其类值为 {known}。</translation>
    </message>
    <message>
        <source>&apos;{value}&apos; is not possible here ({parameter}): use {known}.</source>
        <translation>此处不能使用“{value}”({parameter})：请使用 {known}。</translation>
    </message>
    <message>
        <source>{value} is not possible here ({parameter}): give {expected}.</source>
        <translation>此处不能使用 {value} ({parameter})：请指定 {expected}。</translation>
    </message>
    <message>
        <source>The model cannot be called &apos;{name}&apos; (MODEL_NAME): use letters, digits, spaces, &apos;-&apos;, &apos;_&apos; and &apos;.&apos;.</source>
        <translation>模型不能命名为“{name}”(MODEL_NAME)：请使用字母、数字、空格、“-”、“_”和“.”。</translation>
    </message>
    <message>
        <source>The folder {path} is not empty (OUTPUT): choose a new or an empty folder for the model.</source>
        <translation>文件夹 {path} 不为空 (OUTPUT)：请为模型选择新文件夹或空文件夹。</translation>
    </message>
    <message>
        <source>An unfinished training with other settings or other chips lies in {path} (OUTPUT): delete that folder, or choose another output.</source>
        <translation>{path} 中有采用其他设置或其他影像切片的未完成训练 (OUTPUT)：请删除该文件夹，或选择其他输出。</translation>
    </message>
    <message>
        <source>The weights {path} do not suit the backbone {backbone} (BACKBONE_WEIGHTS): {detail}; give a state dict of that backbone as .safetensors or as a PyTorch file of plain tensors.</source>
        <translation>权重 {path} 不适合骨干网络 {backbone} (BACKBONE_WEIGHTS)：{detail}；请以 .safetensors 文件或仅含普通张量的 PyTorch 文件的形式，指定该骨干网络的状态字典 (state dict)。</translation>
    </message>
    <message>
        <source>The backbone {backbone} does not work in {model} ({detail}) (BACKBONE): choose another one.</source>
        <translation>骨干网络 {backbone} 无法用于 {model} ({detail}) (BACKBONE)：请选择其他骨干网络。</translation>
    </message>
    <message>
        <source>There is no GPU {gpu} that PyTorch can use (PROCESSOR, GPU_ID): it sees {count}; choose AUTO or CPU, or set up the engine environment with GPU support.</source>
        <translation>没有 PyTorch 可用的 GPU {gpu} (PROCESSOR, GPU_ID)：其检测到的 GPU 数为 {count}；请选择 AUTO 或 CPU，或配置支持 GPU 的引擎环境。</translation>
    </message>
    <message>
        <source>The training diverged in epoch {epoch} (the loss is no longer a number): start again with a smaller LEARNING_RATE than {rate}.</source>
        <translation>训练在轮次 {epoch} 中发散（损失已不是数值）：请使用小于 {rate} 的 LEARNING_RATE 重新开始。</translation>
    </message>
    <message>
        <source>The trained network cannot be written as ONNX ({detail}): the weights are kept in {folder}; choose another backbone.</source>
        <translation>无法将训练好的网络写为 ONNX ({detail})：权重保留在 {folder} 中；请选择其他骨干网络。</translation>
    </message>
    <message>
        <source>The folder {path} cannot be made ({detail}; OUTPUT): choose a place where you may write.</source>
        <translation>无法创建文件夹 {path}（{detail}；OUTPUT）：请选择您有写入权限的位置。</translation>
    </message>
    <message>
        <source>A sample scene cannot be made with {value} ({parameter}): give a number from {least} to {most}.</source>
        <translation>无法使用 {value} 创建示例场景 ({parameter})：请指定 {least} 到 {most} 之间的数值。</translation>
    </message>
    <message>
        <source>A sample scene cannot be {width} metres wide (SIZE, CELL_SIZE): choose fewer or finer pixels, so that it measures at most {most} metres.</source>
        <translation>示例场景的宽度不能为 {width} 米 (SIZE, CELL_SIZE)：请选择更少或更小的像素，使其宽度不超过 {most} 米。</translation>
    </message>
    <message>
        <source>The sample scene cannot be written to {path} ({parameter}): give a file name that ends in {suffix}.</source>
        <translation>无法将示例场景写入 {path} ({parameter})：请指定以 {suffix} 结尾的文件名。</translation>
    </message>
    <message>
        <source>The folder of {path} does not exist ({parameter}): create it first, or choose another.</source>
        <translation>{path} 所在的文件夹不存在 ({parameter})：请先创建该文件夹，或选择其他文件夹。</translation>
    </message>
    <message>
        <source>The output {path} cannot be written ({detail}): choose a folder that you may write to.</source>
        <translation>无法写入输出 {path} ({detail})：请选择您有写入权限的文件夹。</translation>
    </message>
    <message>
        <source>A tile of {tile} pixels is larger than the part of {raster} to be used, which has {size} ({parameter}, EXTENT, CELL_SIZE): choose smaller tiles, a larger extent or a finer cell size.</source>
        <translation>{tile} 个像素的分块大于 {raster} 中要使用的部分，后者为 {size} ({parameter}, EXTENT, CELL_SIZE)：请选择更小的分块、更大的范围或更精细的像元大小。</translation>
    </message>
    <message>
        <source>Drawing the layer {layer} at this cell size would take {width} x {height} pixels (EXTENT, CELL_SIZE): give a smaller extent or a coarser cell size.</source>
        <translation>以此像元大小绘制图层 {layer} 需要 {width} x {height} 个像素 (EXTENT, CELL_SIZE)：请指定更小的范围或更粗的像元大小。</translation>
    </message>
    <message>
        <source>No layer can be opened for {parameter} (&apos;{value}&apos;): choose another one.</source>
        <translation>无法为 {parameter} 打开任何图层（“{value}”）：请选择其他图层。</translation>
    </message>
    <message>
        <source>The file {path} cannot be written ({parameter}): give a name that ends in {suffixes}.</source>
        <translation>无法写入文件 {path} ({parameter})：请指定以 {suffixes} 结尾的名称。</translation>
    </message>
    <message>
        <source>The folder {path} already holds other things ({found}; OUTPUT): choose an empty or a new folder.</source>
        <translation>文件夹 {path} 中已有其他内容（{found}；OUTPUT）：请选择空文件夹或新文件夹。</translation>
    </message>
    <message>
        <source>The folder {path} holds no training data that Swath knows ({parameter}): choose a folder made by Export Training Data, or exported by ArcGIS Pro as one of {known}.</source>
        <translation>文件夹 {path} 中没有 Swath 能识别的训练数据 ({parameter})：请选择由“导出深度学习训练数据”生成的文件夹，或由 ArcGIS Pro 以下列格式之一导出的文件夹：{known}。</translation>
    </message>
    <message>
        <source>The labels {layer} are a raster, whose pixel values are the classes: leave {parameter} as it is by default.</source>
        <translation>标注 {layer} 是栅格，其像素值即为类：请让 {parameter} 保持默认值。</translation>
    </message>
    <message>
        <source>The labels {layer} could not be brought to {crs} ({detail}): reproject them first, or choose others.</source>
        <translation>无法将标注 {layer} 转换到 {crs} ({detail})：请先进行重投影，或选择其他标注。</translation>
    </message>
    <message>
        <source>The layer {layer} ({provider}) has no pixels of its own: give an extent (EXTENT) and a cell size in its map units (CELL_SIZE), and it is drawn on that grid.</source>
        <translation>图层 {layer} ({provider}) 自身没有像素：请指定范围 (EXTENT) 和以其地图单位计的像元大小 (CELL_SIZE)，图层将绘制到该格网上。</translation>
    </message>
    <message>
        <source>The layer {layer} could not be drawn ({detail}): check its connection, or export it to a GeoTIFF first.</source>
        <translation>无法绘制图层 {layer} ({detail})：请检查其连接，或先将其导出为 GeoTIFF。</translation>
    </message>
    <message>
        <source>The layer {layer} holds no features ({parameter}): draw some first, or choose another layer.</source>
        <translation>图层 {layer} 不含任何要素 ({parameter})：请先绘制一些，或选择其他图层。</translation>
    </message>
    <message>
        <source>The model type {model} does not learn from chips of the format {format} (MODEL_TYPE): choose AUTO, or export chips as {known}.</source>
        <translation>模型类型 {model} 不能用 {format} 格式的影像切片训练 (MODEL_TYPE)：请选择 AUTO，或将影像切片导出为 {known}。</translation>
    </message>
    <message>
        <source>The model {model} needs band {band}, but the raster {raster} has {count} (INPUT, MODEL): choose imagery with the same bands as the training data.</source>
        <translation>模型 {model} 需要波段 {band}，但栅格 {raster} 有 {count} 个波段 (INPUT, MODEL)：请选择与训练数据波段相同的影像。</translation>
    </message>
    <message>
        <source>The value {value} of {parameter} cannot be used: give {expected}.</source>
        <translation>无法使用 {parameter} 的值 {value}：请指定 {expected}。</translation>
    </message>
    <message>
        <source>The {role} {layer} has no coordinate reference system, but {other} is in {crs}: set it first (right-click the layer &gt; Layer CRS &gt; Set).</source>
        <translation>{role} {layer} 没有坐标参考系，而 {other} 采用 {crs}：请先为其设置（右键单击图层 &gt; 图层坐标参考系 &gt; 设置）。</translation>
    </message>
    <message>
        <source>There is no {what} {path} ({parameter}): choose another one.</source>
        <translation>{what} {path} 不存在 ({parameter})：请另选一个。</translation>
    </message>
    <message>
        <source>What is given as {parameter} does not overlap the raster {raster}: choose another, or leave it empty.</source>
        <translation>为 {parameter} 指定的内容与栅格 {raster} 不重叠：请选择其他内容，或将其留空。</translation>
    </message>
    <message>
        <source>Nothing is given for {parameter} ({title}): it is needed, so fill it in.</source>
        <translation>未给出 {parameter}（{title}）：该参数必填，请填写。</translation>
    </message>
    <message>
        <source>The folder {path} cannot be made ({detail}) (OUTPUT): choose another place, or mend its permissions.</source>
        <translation>无法创建文件夹 {path}（{detail}）（OUTPUT）：请选择其他位置，或修正其权限。</translation>
    </message>
    <message>
        <source>No imagery is given (INPUT): choose a raster layer, or a folder of rasters (INPUT_FOLDER).</source>
        <translation>未指定影像 (INPUT)：请选择栅格图层或栅格文件夹 (INPUT_FOLDER)。</translation>
    </message>
    <message>
        <source>The folder {path} holds no file that opens as a raster (INPUT_FOLDER): choose another one.</source>
        <translation>文件夹 {path} 中没有可作为栅格打开的文件 (INPUT_FOLDER)：请选择其他文件夹。</translation>
    </message>
    <message>
        <source>The raster {layer} could not be brought to {crs} ({detail}): reproject it first, or leave it out.</source>
        <translation>无法将栅格 {layer} 转换到 {crs} ({detail})：请先进行重投影，或去掉该栅格。</translation>
    </message>
    <message>
        <source>None of the {count} rasters can be cut, of {first} for example it is said: {reason} (ADDITIONAL_RASTERS, INPUT_FOLDER, PROCESSING_MODE).</source>
        <translation>{count} 个栅格均无法裁切，例如 {first} 的原因为：{reason} (ADDITIONAL_RASTERS, INPUT_FOLDER, PROCESSING_MODE)。</translation>
    </message>
    <message>
        <source>The format {format} needs labels (LABELS): choose a layer, or one of the formats {others} (FORMAT).</source>
        <translation>格式 {format} 需要标注 (LABELS)：请选择图层，或选择以下格式之一：{others} (FORMAT)。</translation>
    </message>
    <message>
        <source>The format {format} needs a second raster (INPUT2): choose one, or another format (FORMAT).</source>
        <translation>格式 {format} 需要第二个栅格 (INPUT2)：请选择一个栅格，或选择其他格式 (FORMAT)。</translation>
    </message>
    <message>
        <source>The format {format} makes no use of {parameter}: leave it as it is by default, or choose one of {known} (FORMAT).</source>
        <translation>格式 {format} 不使用 {parameter}：请让其保持默认值，或选择以下格式之一：{known} (FORMAT)。</translation>
    </message>
    <message>
        <source>The labels {layer} are {kind}, which have no area for the format {format} ({parameter}, FORMAT): give a buffer radius (BUFFER_RADIUS), or choose the format CLASSIFIED_TILES.</source>
        <translation>标注 {layer} 为 {kind}，没有格式 {format} 所需的面积 ({parameter}, FORMAT)：请指定缓冲区半径 (BUFFER_RADIUS)，或选择格式 CLASSIFIED_TILES。</translation>
    </message>
    <message>
        <source>The labels {layer} are a raster and hold no features to cut or blacken around ({parameter}): leave it as it is by default, or choose a vector layer (LABELS).</source>
        <translation>标注 {layer} 是栅格，不含可用于裁剪或将周围变黑的要素 ({parameter})：请让该参数保持默认值，或选择矢量图层 (LABELS)。</translation>
    </message>
    <message>
        <source>The class value {value} is called &apos;{name}&apos; in {layer}, but &apos;{other}&apos; in {instances} (CLASS_FIELD, INSTANCE_CLASS_FIELD): give each class one value, or choose fields of text.</source>
        <translation>类值 {value} 在 {layer} 中名为“{name}”，而在 {instances} 中名为“{other}”(CLASS_FIELD, INSTANCE_CLASS_FIELD)：请为每个类指定唯一的值，或选择文本字段。</translation>
    </message>
    <message>
        <source>The classes of {instances} are names, but {layer} holds values without names, so that nobody knows which belong together (INSTANCE_CLASS_FIELD): choose a field of whole numbers, or give the raster class names.</source>
        <translation>{instances} 的类为名称，而 {layer} 含有没有名称的值，因此无法确定两者的对应关系 (INSTANCE_CLASS_FIELD)：请选择整数字段，或为栅格指定类名称。</translation>
    </message>
    <message>
        <source>The layer {layer} has no field &apos;{field}&apos; ({parameter}): choose one of {known}.</source>
        <translation>图层 {layer} 没有字段“{field}”({parameter})：请选择以下之一：{known}。</translation>
    </message>
    <message>
        <source>The field &apos;{field}&apos; of {layer} is of type {kind} ({parameter}): choose a field of whole numbers or text, as it must tell classes apart.</source>
        <translation>{layer} 的字段“{field}”的类型为 {kind} ({parameter})：请选择整数或文本字段，因为该字段须用于区分类。</translation>
    </message>
    <message>
        <source>The field &apos;{field}&apos; of {layer} holds the class value {value} ({parameter}): class values must be whole numbers from 1 on, as 0 stands for unlabelled; change the value, or choose another field.</source>
        <translation>{layer} 的字段“{field}”含有类值 {value} ({parameter})：类值必须为从 1 开始的整数，因为 0 表示未标注；请修改该值，或选择其他字段。</translation>
    </message>
    <message>
        <source>The field &apos;{field}&apos; of {layer} holds the class value {value} ({parameter}): the largest possible is 4294967295; give classes smaller numbers, or choose another field.</source>
        <translation>{layer} 的字段“{field}”含有类值 {value} ({parameter})：类值最大为 4294967295；请为类指定较小的数值，或选择其他字段。</translation>
    </message>
    <message>
        <source>The field &apos;{field}&apos; of {layer} is empty in every feature ({parameter}): fill it, or choose another field.</source>
        <translation>{layer} 的字段“{field}”在所有要素中均为空 ({parameter})：请填写该字段，或选择其他字段。</translation>
    </message>
    <message>
        <source>No model type learns from chips of the format {format} (INPUT, MODEL_TYPE): export chips as {known}.</source>
        <translation>没有模型类型可用 {format} 格式的影像切片训练 (INPUT, MODEL_TYPE)：请将影像切片导出为 {known}。</translation>
    </message>
    <message>
        <source>The folders of training data have different formats: {formats} (INPUT, ADDITIONAL_INPUTS): choose folders of one format.</source>
        <translation>各训练数据文件夹的格式不同：{formats} (INPUT, ADDITIONAL_INPUTS)：请选择格式相同的文件夹。</translation>
    </message>
    <message>
        <source>The model cannot be called &apos;{name}&apos; (MODEL_NAME): begin with a letter or digit, and use letters, digits, spaces, &apos;-&apos;, &apos;_&apos; and &apos;.&apos;, at most 100.</source>
        <translation>模型不能命名为“{name}”(MODEL_NAME)：请以字母或数字开头，并使用字母、数字、空格、“-”、“_”和“.”，最多 100 个字符。</translation>
    </message>
    <message>
        <source>&apos;{part}&apos; cannot be read ({parameter}): give {expected}.</source>
        <translation>无法识别“{part}”({parameter})：请指定 {expected}。</translation>
    </message>
    <message>
        <source>The chips have no class &apos;{name}&apos; ({parameter}): they have {known}; * stands for all of them.</source>
        <translation>影像切片中没有类“{name}”({parameter})：其中的类为 {known}；* 表示所有类。</translation>
    </message>
    <message>
        <source>The class {name} is given twice ({parameter}): give it once.</source>
        <translation>类 {name} 指定了两次 ({parameter})：请只指定一次。</translation>
    </message>
    <message>
        <source>The least class weight {least} is above the greatest, {most} (CLASS_WEIGHT_MIN, CLASS_WEIGHT_MAX): the weight falls from the greatest in the first epoch to the least in the last.</source>
        <translation>最小类权重 {least} 大于最大类权重 {most} (CLASS_WEIGHT_MIN, CLASS_WEIGHT_MAX)：权重从第一个轮次的最大值逐渐降低到最后一个轮次的最小值。</translation>
    </message>
    <message>
        <source>{parameter} does not act on the model type {model} ({parameter}): leave it at {default}.</source>
        <translation>{parameter} 对模型类型 {model} 不起作用 ({parameter})：请使其保持为 {default}。</translation>
    </message>
    <message>
        <source>AUGMENTATION_PARAMETERS act only where AUGMENTATION is CUSTOM, not {augmentation} (AUGMENTATION_PARAMETERS): choose CUSTOM, or leave them empty.</source>
        <translation>AUGMENTATION_PARAMETERS 仅在 AUGMENTATION 为 CUSTOM（而非 {augmentation}）时起作用 (AUGMENTATION_PARAMETERS)：请选择 CUSTOM，或将其留空。</translation>
    </message>
    <message>
        <source>AUGMENTATION is CUSTOM, but nothing is given for AUGMENTATION_PARAMETERS: give entries like &apos;rotate 30; 0.5&apos;, or choose DEFAULT.</source>
        <translation>AUGMENTATION 为 CUSTOM，但未指定 AUGMENTATION_PARAMETERS：请指定形如“rotate 30; 0.5”的条目，或选择 DEFAULT。</translation>
    </message>
    <message>
        <source>The rotation angle cannot be {angle} degrees (ROTATION_ANGLE): give 0, or 1 up to less than 360.</source>
        <translation>旋转角度不能为 {angle} 度 (ROTATION_ANGLE)：请指定 0，或从 1 到小于 360 的值。</translation>
    </message>
    <message>
        <source>The labels {path} hold only points and lines, which have no area for the format {format} (LABELS, FORMAT): give a buffer radius (BUFFER_RADIUS), or choose the format Classified Tiles.</source>
        <translation>标注 {path} 只含有点和线，没有格式 {format} 所需的面积 (LABELS, FORMAT)：请指定缓冲区半径 (BUFFER_RADIUS)，或选择格式“分类切片”。</translation>
    </message>
    <message>
        <source>The format {format} takes no {what} ({parameter}): leave it out, or choose one of {known} (FORMAT).</source>
        <translation>格式 {format} 不接受 {what} ({parameter})：请去掉它，或选择以下格式之一：{known} (FORMAT)。</translation>
    </message>
    <message>
        <source>The format {format} needs {what} ({parameter}): give it, or choose another format (FORMAT).</source>
        <translation>格式 {format} 需要 {what} ({parameter})：请指定它，或选择其他格式 (FORMAT)。</translation>
    </message>
    <message>
        <source>The raster {path} has {what} {value}, but {first} has {expected} (ADDITIONAL_RASTERS, INPUT_FOLDER): export it into a folder of its own, or choose bands that all of them have (BANDS).</source>
        <translation>栅格 {path} 的 {what} 为 {value}，而 {first} 的为 {expected} (ADDITIONAL_RASTERS, INPUT_FOLDER)：请将其导出到单独的文件夹，或选择所有栅格共有的波段 (BANDS)。</translation>
    </message>
    <message>
        <source>There is no preset &apos;{preset}&apos; (PRESET): use {known}.</source>
        <translation>没有预设“{preset}”(PRESET)：请使用 {known}。</translation>
    </message>
    <message>
        <source>Pieces of {value} pixels cannot be cut out of chips of {width} x {height} pixels (CHIP_SIZE): give {nearest} or less, or 0 for the chips as they are.</source>
        <translation>无法从 {width} x {height} 个像素的影像切片中裁取 {value} 个像素的正方形 (CHIP_SIZE)：请指定 {nearest} 或更小的值，或指定 0 以按影像切片的原大小。</translation>
    </message>
    <message>
        <source>{parameter} does not act on the task &apos;{task}&apos; ({parameter}): leave it at {default}.</source>
        <translation>{parameter} 对任务“{task}”不起作用 ({parameter})：请使其保持为 {default}。</translation>
    </message>
    <message>
        <source>The least class weight {least} is above the greatest, {most} (CLASS_WEIGHT_MIN, CLASS_WEIGHT_MAX): weights go from the greatest at the start to the least at the end.</source>
        <translation>最小类权重 {least} 大于最大类权重 {most} (CLASS_WEIGHT_MIN, CLASS_WEIGHT_MAX)：权重从训练开始时的最大值逐渐变为结束时的最小值。</translation>
    </message>
    <message>
        <source>&apos;{value}&apos; is not possible for class {name} ({parameter}): give {expected}.</source>
        <translation>“{value}”不能用于类 {name} ({parameter})：请指定 {expected}。</translation>
    </message>
    <message>
        <source>The chips have no class {name} ({parameter}): their values are {known}.</source>
        <translation>影像切片中没有类 {name} ({parameter})：其类值为 {known}。</translation>
    </message>
    <message>
        <source>There are no points or lines {where} ({parameter}): leave it empty, or export point or line labels with &apos;Export training data for deep learning&apos;, which keeps them beside the chips.</source>
        <translation>没有点或线（{where}；{parameter}）：请将该参数留空，或使用“导出深度学习训练数据”导出点或线标注，该工具会将其保存在影像切片旁。</translation>
    </message>
    <message>
        <source>The distances of class {name} reach {reach} pixels, but points and lines are kept up to {margin} pixels around the chips (SOLID_DISTANCE, BLUR_DISTANCE): let both together be at most that.</source>
        <translation>类 {name} 的距离达到 {reach} 个像素，但点和线仅保留到影像切片周围 {margin} 个像素 (SOLID_DISTANCE, BLUR_DISTANCE)：请使两个距离之和不超过该值。</translation>
    </message>
    <message>
        <source>The library&apos;s weights of {backbone} cannot be fetched ({detail}): on a machine with a network download {source} on Hugging Face and save it as {path}, or name the file in BACKBONE_WEIGHTS, or leave BACKBONE_WEIGHTS empty.</source>
        <translation>无法获取库中 {backbone} 的权重 ({detail})：请在可联网的计算机上从 Hugging Face 下载 {source} 并将其保存为 {path}，或在 BACKBONE_WEIGHTS 中指定该文件，或将 BACKBONE_WEIGHTS 留空。</translation>
    </message>
    <message>
        <source>The library has no weights of {backbone} (BACKBONE_WEIGHTS): leave it empty, name a file, or choose another backbone.</source>
        <translation>库中没有 {backbone} 的权重 (BACKBONE_WEIGHTS)：请将其留空、指定文件，或选择其他骨干网络。</translation>
    </message>
    <message>
        <source>The training cannot go on from the model {path} (PRETRAINED_MODEL): {detail}; choose the folder, .emd or .dlpk of a model that Swath trained, or leave PRETRAINED_MODEL empty.</source>
        <translation>无法从模型 {path} 继续训练 (PRETRAINED_MODEL)：{detail}；请选择由 Swath 训练的模型的文件夹、.emd 或 .dlpk 文件，或将 PRETRAINED_MODEL 留空。</translation>
    </message>
    <message>
        <source>The model {path} has the {what} {found}, not {asked} (PRETRAINED_MODEL, {parameter}): {remedy}, or choose another model.</source>
        <translation>模型 {path} 的 {what} 为 {found}，而非 {asked} (PRETRAINED_MODEL, {parameter})：{remedy}，或选择其他模型。</translation>
    </message>
    <message>
        <source>The monitor is {first} in MONITOR and {second} in MODEL_ARGUMENTS (MONITOR, MODEL_ARGUMENTS): give it once.</source>
        <translation>监控指标在 MONITOR 中为 {first}，而在 MODEL_ARGUMENTS 中为 {second} (MONITOR, MODEL_ARGUMENTS)：请只指定一次。</translation>
    </message>
    <message>
        <source>The augmentation &apos;{entry}&apos; cannot be used ({parameter}): {detail}.</source>
        <translation>无法使用数据增强“{entry}”({parameter})：{detail}。</translation>
    </message>
    <message>
        <source>The file {path} cannot be used ({detail}): AUGMENTATION &apos;FILE&apos; takes transforms.json from the folder of the chips; put it there, or choose another AUGMENTATION.</source>
        <translation>无法使用文件 {path} ({detail})：AUGMENTATION 为“FILE”时，使用影像切片文件夹中的 transforms.json；请将其放到该文件夹中，或选择其他 AUGMENTATION。</translation>
    </message>
    <message>
        <source>The file {path} does not open as a raster (INPUT_FOLDER): mend it, or move it elsewhere.</source>
        <translation>文件 {path} 无法作为栅格打开（INPUT_FOLDER）：请修复它，或将它移到别处。</translation>
    </message>
    <message>
        <source>The report {path} cannot be written ({detail}; REPORT): choose another file.</source>
        <translation>无法写入报告 {path}（{detail}；REPORT）：请选择另一个文件。</translation>
    </message>
    <message>
        <source>The model {model} finds boxes, which have right angles already (SQUARE): leave SQUARE off, or choose a model that finds outlines, such as MASKRCNN.</source>
        <translation>模型 {model} 给出边界框，其角已是直角 (SQUARE)：请关闭 SQUARE，或选择能给出轮廓的模型，例如 MASKRCNN。</translation>
    </message>
    <message>
        <source>The layer {layer} has no field that is called Confidence or Score (CONFIDENCE_FIELD): choose {known}.</source>
        <translation>图层 {layer} 没有名为 Confidence 或 Score 的字段 (CONFIDENCE_FIELD)：请选择 {known}。</translation>
    </message>
    <message>
        <source>The field &apos;{field}&apos; of {layer} is of type {kind} (CONFIDENCE_FIELD): choose a field of numbers, as it must tell how sure each object is.</source>
        <translation>{layer} 的字段“{field}”的类型为 {kind} (CONFIDENCE_FIELD)：该字段必须表示每个对象的置信度，请选择数字字段。</translation>
    </message>
    <message>
        <source>The field &apos;{field}&apos; of {layer} holds &apos;{value}&apos; (CONFIDENCE_FIELD): confidences are numbers from 0 to 1 or from 0 to 100; correct it, or choose another field.</source>
        <translation>{layer} 的字段“{field}”含有“{value}”(CONFIDENCE_FIELD)：置信度应为 0 到 1 或 0 到 100 的数字；请更正，或选择其他字段。</translation>
    </message>
    <message>
        <source>The layer {layer} holds {kind} ({parameter}): choose a layer of polygons.</source>
        <translation>图层 {layer} 含有{kind} ({parameter})：请选择多边形图层。</translation>
    </message>
    <message>
        <source>The file {path} is an input of this run ({input}) and cannot be its result ({parameter}): name another.</source>
        <translation>文件 {path} 是本次运行的输入 ({input})，不能作为其结果 ({parameter})：请指定其他文件。</translation>
    </message>
    <message>
        <source>Writing {path} failed ({detail}; {parameter}): check the place, or choose another one.</source>
        <translation>写入 {path} 失败（{detail}；{parameter}）：请检查该位置，或选择其他位置。</translation>
    </message>
    <message>
        <source>The model {model} is for {task} (MODEL): choose another model, or take {tool}.</source>
        <translation>模型 {model} 用于{task} (MODEL)：请选择其他模型，或使用“{tool}”。</translation>
    </message>
    <message>
        <source>The model {model} is for the task {task}, which this tool does not do (MODEL): use {tool} with it.</source>
        <translation>模型 {model} 用于任务 {task}，本工具不执行此任务 (MODEL)：请使用“{tool}”。</translation>
    </message>
    <message>
        <source>The network &apos;{name}&apos; of {family} is in no library that is kept up today (MODEL_ARGUMENTS: model): use {nearest}, which come nearest, or one of {known}.</source>
        <translation>目前仍在维护的库中没有 {family} 的网络“{name}”(MODEL_ARGUMENTS: model)：请使用最接近的 {nearest}，或 {known} 之一。</translation>
    </message>
    <message>
        <source>The objects {path} cannot be read ({detail}; {parameter}): choose a layer of polygons that opens in QGIS.</source>
        <translation>无法读取对象 {path}（{detail}；{parameter}）：请选择能在 QGIS 中打开的多边形图层。</translation>
    </message>
    <message>
        <source>The objects {path} hold the confidence &apos;{value}&apos; (CONFIDENCE_FIELD): confidences are numbers from 0 to 1 or from 0 to 100; correct it, or choose another field.</source>
        <translation>对象 {path} 含有置信度“{value}”(CONFIDENCE_FIELD)：置信度应为 0 到 1 或 0 到 100 的数字；请更正，或选择其他字段。</translation>
    </message>
    <message>
        <source>The objects {path} have no column &apos;confidence&apos; (CONFIDENCE_FIELD): choose the field that tells how sure each object is, as the surest stays.</source>
        <translation>对象 {path} 没有列“confidence”(CONFIDENCE_FIELD)：需保留置信度最高的对象，请选择表示每个对象置信度的字段。</translation>
    </message>
    <message>
        <source>An overlap cannot be {value} ({parameter}): give a number from 0 to 1.</source>
        <translation>重叠率不能为 {value} ({parameter})：请指定 0 到 1 之间的数字。</translation>
    </message>
    <message>
        <source>There is no true object to compare with in {path} ({detail}; REFERENCE, MASK): choose another layer.</source>
        <translation>{path} 中没有可供比较的真实对象（{detail}；REFERENCE, MASK）：请选择其他图层。</translation>
    </message>
    <message>
        <source>The detected objects {detected} are in {crs}, but {path} is in {other} (REFERENCE, MASK): reproject one of them first, or run the tool in QGIS, which does it by itself.</source>
        <translation>检测到的对象 {detected} 采用 {crs}，而 {path} 采用 {other} (REFERENCE, MASK)：请先重投影其中之一，或在 QGIS 中运行此工具（会自动重投影）。</translation>
    </message>
    <message>
        <source>The matches {path} cannot be written ({detail}; MATCHES): choose another file.</source>
        <translation>无法写入匹配结果 {path}（{detail}；MATCHES）：请选择其他文件。</translation>
    </message>
    <message>
        <source>{value} judges {what}, which this model does not predict (MONITOR): use {known} for the task &apos;{task}&apos;.</source>
        <translation>{value} 评价的是{what}，而此模型不预测该内容 (MONITOR)：对于任务“{task}”，请使用 {known}。</translation>
    </message>
    <message>
        <source>The labels of the chips hold boxes only, and this model learns outlines (INPUT, MODEL_TYPE): choose a model type that finds boxes, or export polygons in the format RCNN_MASKS.</source>
        <translation>影像切片的标注只含边界框，而此模型学习轮廓 (INPUT, MODEL_TYPE)：请选择查找边界框的模型类型，或以 RCNN_MASKS 格式导出多边形。</translation>
    </message>
    <message>
        <source>No sample was drawn on the image {image} (INPUT): choose one of the labeled images, or label it first.</source>
        <translation>影像 {image} 上没有绘制任何样本 (INPUT)：请选择已标注的影像之一，或先对其进行标注。</translation>
    </message>
    <message>
        <source>The map shows nothing of the image {image}: zoom to it for a preview.</source>
        <translation>地图中未显示影像 {image} 的任何部分：请缩放到该影像以进行预览。</translation>
    </message>
    <message>
        <source>The shape cannot be carried from {source} to {target}: draw where both coordinate systems reach, or choose another one for the map.</source>
        <translation>无法将形状从 {source} 转换到 {target}：请在两个坐标系都覆盖的位置绘制，或为地图选择其他坐标系。</translation>
    </message>
    <message>
        <source>Nothing was kept of the shape, because it has no area: draw it larger.</source>
        <translation>形状没有面积，未保留任何内容：请绘制得大一些。</translation>
    </message>
    <message>
        <source>The shape meets nothing that was drawn before: start it on a sample or area that is to be changed.</source>
        <translation>形状未与之前绘制的任何内容相交：请从要更改的样本或区域上开始绘制。</translation>
    </message>
    <message>
        <source>The layer &apos;{layer}&apos; has no field &apos;{field}&apos;: choose one of its fields.</source>
        <translation>图层“{layer}”没有字段“{field}”：请选择该图层的字段之一。</translation>
    </message>
    <message>
        <source>The classes cannot be changed ({detail}): check the schema.</source>
        <translation>无法更改类 ({detail})：请检查类方案。</translation>
    </message>
    <message>
        <source>The class &apos;{name}&apos; cannot have the value {value}: choose a whole number from 1 to {largest}; 0 stands for what is not labeled.</source>
        <translation>类“{name}”的值不能为 {value}：请选择 1 到 {largest} 之间的整数；0 表示未标注。</translation>
    </message>
    <message>
        <source>The value {value} belongs to the class &apos;{there}&apos; already: choose another value for &apos;{name}&apos;.</source>
        <translation>值 {value} 已属于类“{there}”：请为“{name}”选择其他值。</translation>
    </message>
    <message>
        <source>There is a class &apos;{there}&apos; with the value {value} already: choose another name.</source>
        <translation>已有值为 {value} 的类“{there}”：请选择其他名称。</translation>
    </message>
    <message>
        <source>The name &apos;{name}&apos; cannot be used in the schema: give it 1 to {longest} letters.</source>
        <translation>名称“{name}”不能用于类方案：请使用 1 到 {longest} 个字符。</translation>
    </message>
    <message>
        <source>The class &apos;{name}&apos; cannot have the color &apos;{color}&apos;: give red, green and blue, like &apos;#e69f00&apos;.</source>
        <translation>类“{name}”的颜色不能为“{color}”：请指定红、绿、蓝，例如“#e69f00”。</translation>
    </message>
    <message>
        <source>No class of the schema has the value {value}: choose one of the schema, or add the class first.</source>
        <translation>类方案中没有值为 {value} 的类：请选择类方案中的类，或先添加该类。</translation>
    </message>
    <message>
        <source>The schema has no group &apos;{path}&apos;: choose one of the schema, or add the group first.</source>
        <translation>类方案中没有组“{path}”：请选择类方案中的组，或先添加该组。</translation>
    </message>
    <message>
        <source>There is a group &apos;{name}&apos; in the same place already: choose another name.</source>
        <translation>同一位置已有组“{name}”：请选择其他名称。</translation>
    </message>
    <message>
        <source>The group &apos;{name}&apos; cannot be there ({detail}): choose another place for it.</source>
        <translation>组“{name}”不能位于该处 ({detail})：请为其选择其他位置。</translation>
    </message>
    <message>
        <source>{source} holds more than {most} different values: choose one that holds classes.</source>
        <translation>{source} 含有超过 {most} 个不同的值：请选择包含类的来源。</translation>
    </message>
    <message>
        <source>{source} names no classes ({detail}): choose another source, or add the classes by hand.</source>
        <translation>{source} 未给出任何类 ({detail})：请选择其他来源，或手动添加类。</translation>
    </message>
    <message>
        <source>The schema {path} cannot be used ({detail}): check the file, or choose another one.</source>
        <translation>无法使用类方案 {path} ({detail})：请检查该文件，或选择其他文件。</translation>
    </message>
    <message>
        <source>The classification schema {path} is in a form that Swath does not know: save training samples of this schema in ArcGIS, add them to the project, and set up the classes from their field Classvalue.</source>
        <translation>类方案 {path} 采用 Swath 无法识别的形式：请在 ArcGIS 中保存此类方案的训练样本，将其添加到项目中，并根据其字段 Classvalue 设置类。</translation>
    </message>
    <message>
        <source>Classification schemas of ArcGIS ({path}) cannot be written, because their form is not public: save the schema as JSON, and give ArcGIS the layer of the samples, whose fields Classname and Classvalue it reads.</source>
        <translation>无法写入 ArcGIS 的类方案 ({path})，因为其格式未公开：请将类方案保存为 JSON，并在 ArcGIS 中使用样本图层，ArcGIS 会读取其字段 Classname 和 Classvalue。</translation>
    </message>
    <message>
        <source>The raster &apos;{layer}&apos; has no classes to take ({detail}): choose one with a single band of class values, an attribute table or a palette.</source>
        <translation>栅格“{layer}”没有可用的类 ({detail})：请选择具有单个类值波段、属性表或调色板的栅格。</translation>
    </message>
    <message>
        <source>Classes cannot be taken from {path} ({detail}): choose a schema (.json, .ecs), a model (.emd, .onnx, .dlpk), samples of Swath (.gpkg), or the folder of a model or of chips; add other data to the project as a layer.</source>
        <translation>无法从 {path} 获取类 ({detail})：请选择类方案（.json、.ecs）、模型（.emd、.onnx、.dlpk）、Swath 样本 (.gpkg)，或者模型或影像切片的文件夹；其他数据请作为图层添加到项目中。</translation>
    </message>
    <message>
        <source>The samples {path} cannot be used ({detail}): check the file, or open other samples.</source>
        <translation>无法使用样本 {path} ({detail})：请检查该文件，或打开其他样本。</translation>
    </message>
    <message>
        <source>There is no file {path}: choose another one, or create new samples.</source>
        <translation>文件 {path} 不存在：请选择其他文件，或创建新样本。</translation>
    </message>
    <message>
        <source>There is a file {path} already: open it, or choose another name for new samples.</source>
        <translation>文件 {path} 已存在：请打开该文件，或为新样本选择其他名称。</translation>
    </message>
    <message>
        <source>{path} does not hold samples of Swath (missing: {missing}): open a file that Swath made, or create new samples and import the layer into them.</source>
        <translation>{path} 中没有 Swath 样本（缺少：{missing}）：请打开由 Swath 创建的文件，或创建新样本并将图层导入其中。</translation>
    </message>
    <message>
        <source>The samples {path} are damaged ({detail}): take a copy of the file from a backup.</source>
        <translation>样本 {path} 已损坏 ({detail})：请使用备份中的文件副本。</translation>
    </message>
    <message>
        <source>The samples {path} were made by a later version of Swath: update Swath to open them.</source>
        <translation>样本 {path} 由更高版本的 Swath 创建：请更新 Swath 以打开它们。</translation>
    </message>
    <message>
        <source>The samples {path} cannot be written: copy them to a folder where you may write, and open the copy there.</source>
        <translation>无法写入样本 {path}：请将其复制到您有写入权限的文件夹，并在该处打开副本。</translation>
    </message>
    <message>
        <source>There is no folder {folder}: choose another folder for the samples.</source>
        <translation>文件夹 {folder} 不存在：请为样本选择其他文件夹。</translation>
    </message>
    <message>
        <source>No file can be made in the folder {folder}: choose a folder where you may write.</source>
        <translation>无法在文件夹 {folder} 中创建文件：请选择您有写入权限的文件夹。</translation>
    </message>
    <message>
        <source>The samples {path} are open in another QGIS (process {process} on {machine}): close them there, or work on a copy and merge it later. If that QGIS is no more, delete the file {lock}.</source>
        <translation>样本 {path} 已在另一个 QGIS 中打开（{machine} 上的进程 {process}）：请在该处将其关闭，或处理副本并在之后合并。如果那个 QGIS 已不存在，请删除文件 {lock}。</translation>
    </message>
    <message>
        <source>The samples {path} are open already: close them before they are opened again.</source>
        <translation>样本 {path} 已打开：请先将其关闭，然后再重新打开。</translation>
    </message>
    <message>
        <source>Another program is writing to {path}: wait until it has finished, or close it, and try again.</source>
        <translation>另一个程序正在写入 {path}：请等待其完成或将其关闭，然后重试。</translation>
    </message>
    <message>
        <source>The file {path} was deleted, moved or replaced while it was open, so nothing was changed: put it back, or close the samples and open them where they are now.</source>
        <translation>文件 {path} 在打开期间被删除、移动或替换，因此未做任何更改：请将其放回原处，或关闭样本并在其当前位置打开。</translation>
    </message>
    <message>
        <source>The samples {path} are closed: open them again.</source>
        <translation>样本 {path} 已关闭：请重新打开。</translation>
    </message>
    <message>
        <source>The disk is full, so {path} was left as it is: free some space and try again.</source>
        <translation>磁盘已满，因此 {path} 保持原样：请释放一些空间后重试。</translation>
    </message>
    <message>
        <source>New samples need a coordinate reference system, but &apos;{name}&apos; has none: set it first (right-click the layer &gt; Layer CRS &gt; Set).</source>
        <translation>新样本需要坐标参考系，但“{name}”没有：请先为其设置（右键单击图层 &gt; 图层坐标参考系 &gt; 设置）。</translation>
    </message>
    <message>
        <source>No class is chosen for the new samples: choose one in the schema, or add a class first.</source>
        <translation>未为新样本选择类：请在类方案中选择一个类，或先添加类。</translation>
    </message>
    <message>
        <source>No class of the schema has the value {value}: add it to the schema first.</source>
        <translation>类方案中没有值为 {value} 的类：请先将其添加到类方案中。</translation>
    </message>
    <message>
        <source>Samples {fids} are not in {path}: they were deleted meanwhile, so select others.</source>
        <translation>样本 {fids} 不在 {path} 中：它们已被删除，请选择其他样本。</translation>
    </message>
    <message>
        <source>The geometry ({kind}) cannot be a sample: draw an area, or give lines and points a width.</source>
        <translation>该几何 ({kind}) 不能作为样本：请绘制面，或为线和点指定宽度。</translation>
    </message>
    <message>
        <source>The layer of the samples was removed from the project; all samples are still in {path}: open them again to see them on the map.</source>
        <translation>样本图层已从项目中移除；所有样本仍在 {path} 中：请重新打开以在地图上查看。</translation>
    </message>
    <message>
        <source>{count} samples cannot be merged: select at least two.</source>
        <translation>无法合并 {count} 个样本：请至少选择两个。</translation>
    </message>
    <message>
        <source>Samples have the class values {values}, which the new schema does not hold: remove the samples with their class, or say which class they become.</source>
        <translation>有样本的类值为 {values}，而新类方案中没有这些值：请将样本连同其类一起移除，或指定它们变为哪个类。</translation>
    </message>
    <message>
        <source>The layer {layer} has no coordinate reference system, but the samples are in {crs}: set it first (right-click the layer &gt; Layer CRS &gt; Set).</source>
        <translation>图层 {layer} 没有坐标参考系，而样本采用 {crs}：请先为其设置（右键单击图层 &gt; 图层坐标参考系 &gt; 设置）。</translation>
    </message>
    <message>
        <source>No sample can be taken from the layer {layer} ({detail}): choose a layer of polygons, or give lines and points a width.</source>
        <translation>无法从图层 {layer} 获取任何样本 ({detail})：请选择多边形图层，或为线和点指定宽度。</translation>
    </message>
    <message>
        <source>{path} is open here: choose a copy of it in which somebody else labeled.</source>
        <translation>{path} 已在此处打开：请选择由他人标注的副本。</translation>
    </message>
    <message>
        <source>There is no visible image at that place: switch an image on, or click on it.</source>
        <translation>该位置没有可见的影像：请打开影像的显示，或在影像上单击。</translation>
    </message>
    <message>
        <source>There is nothing to review: {detail}.</source>
        <translation>没有可审核的内容：{detail}。</translation>
    </message>
    <message>
        <source>The raster {path} cannot be read: choose a classified raster in a file, not a web layer.</source>
        <translation>无法读取栅格 {path}：请选择文件形式的分类栅格，而不是网络图层。</translation>
    </message>
    <message>
        <source>The probabilities {path} ({width} x {height} pixels, {bands} bands) do not belong to the map {map} ({map_width} x {map_height} pixels): choose those that were made in the same run.</source>
        <translation>概率 {path}（{width} x {height} 个像素，{bands} 个波段）与地图 {map}（{map_width} x {map_height} 个像素）不对应：请选择在同一次运行中生成的概率。</translation>
    </message>
    <message>
        <source>The map {map} has no probabilities beside it: choose them, or apply the model again with an output for &apos;Probabilities&apos;.</source>
        <translation>地图 {map} 旁边没有概率：请选择概率，或在指定“概率”输出的情况下重新应用模型。</translation>
    </message>
    <message>
        <source>No label of {layer} lies on the map {map}: choose labels of this place.</source>
        <translation>{layer} 中没有标注位于地图 {map} 上：请选择位于该处的标注。</translation>
    </message>
    <message>
        <source>The layer {layer} has no field with classes: choose its class field.</source>
        <translation>图层 {layer} 没有类字段：请选择其类字段。</translation>
    </message>
    <message>
        <source>The layer {layer} has no objects: choose the layer that Detect Objects made.</source>
        <translation>图层 {layer} 没有对象：请选择由“使用深度学习检测对象”生成的图层。</translation>
    </message>
    <message>
        <source>The layer {layer} has no field &apos;Confidence&apos;: choose the layer that Detect Objects made.</source>
        <translation>图层 {layer} 没有字段“Confidence”：请选择由“使用深度学习检测对象”生成的图层。</translation>
    </message>
    <message>
        <source>The layer {layer} has no field &apos;Match&apos;: choose the matches that Compute Accuracy for Object Detection makes.</source>
        <translation>图层 {layer} 没有字段“Match”：请选择由“计算对象检测的精度”生成的匹配结果。</translation>
    </message>
    <message>
        <source>No classified map is chosen: choose the raster that Classify Pixels made.</source>
        <translation>未选择分类地图：请选择由“使用深度学习分类像素”生成的栅格。</translation>
    </message>
    <message>
        <source>No layer is chosen under &apos;{title}&apos;: choose one, or load it into the project first.</source>
        <translation>未在“{title}”下选择图层：请选择一个图层，或先将其加载到项目中。</translation>
    </message>
    <message>
        <source>There are no samples: open labels in the tab Label first.</source>
        <translation>没有样本：请先在“标注”选项卡中打开标注。</translation>
    </message>
    <message>
        <source>The review {path} cannot be {action} ({detail}): find the places again.</source>
        <translation>无法 {action} 审核 {path} ({detail})：请重新查找位置。</translation>
    </message>
    <message>
        <source>This place cannot be moved into the system of the labels ({crs}): choose labels of this part of the world.</source>
        <translation>无法将此位置转换到标注的坐标系 ({crs})：请选择位于世界上这一区域的标注。</translation>
    </message>
    <message>
        <source>The layer {layer} ({provider}) has no file and cannot be joined with other rasters: save it as a GeoTIFF first, or take it alone (in an export: PROCESSING_MODE PROCESS_ITEMS_SEPARATELY).</source>
        <translation>图层 {layer} ({provider}) 没有文件，无法与其他栅格镶嵌：请先将其保存为 GeoTIFF，或单独使用该图层（导出时：PROCESSING_MODE PROCESS_ITEMS_SEPARATELY）。</translation>
    </message>
    <message>
        <source>The raster {layer} has no georeference and cannot be joined with other rasters: take it alone (in an export: PROCESSING_MODE PROCESS_ITEMS_SEPARATELY).</source>
        <translation>栅格 {layer} 没有地理参考，无法与其他栅格镶嵌：请单独使用该栅格（导出时：PROCESSING_MODE PROCESS_ITEMS_SEPARATELY）。</translation>
    </message>
    <message>
        <source>The raster {layer} has {what} {value}, but {first} has {expected}, so they cannot be joined (ADDITIONAL_RASTERS, INPUT_FOLDER): leave one of them out, or take it in a run of its own.</source>
        <translation>栅格 {layer} 的 {what} 为 {value}，而 {first} 的为 {expected}，因此无法镶嵌 (ADDITIONAL_RASTERS, INPUT_FOLDER)：请去掉其中一个，或在单独的运行中使用该栅格。</translation>
    </message>
    <message>
        <source>The place {path} cannot be used ({reason}): choose another one.</source>
        <translation>无法使用位置 {path}（{reason}）：请选择其他位置。</translation>
    </message>
    <message>
        <source>The file {path} is named for two results ({first}, {second}): give each a name of its own.</source>
        <translation>文件 {path} 被同时指定给两个结果（{first}、{second}）：请分别使用不同的名称。</translation>
    </message>
    <message>
        <source>The layer {labels} does not overlap the part of {raster} to be used ({parameter}, EXTENT): choose one of this place, or check the coordinate reference system of both.</source>
        <translation>图层 {labels} 与 {raster} 中要使用的部分不重叠（{parameter}、EXTENT）：请选择位于此处的图层，或检查两者的坐标参考系。</translation>
    </message>
</context>
</TS>
